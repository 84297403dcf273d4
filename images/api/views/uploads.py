"""/uploads: data that come in pieces, by the tus protocol; /api/uploads: which are unfinished."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response

from images.api import tus, tus_requests
from images.api.base import ApiView
from images.api.unfinished import show_unfinished
from images.lifecycle.parts import join_parts
from images.lifecycle.pieces import take_piece
from images.lifecycle.uploads import begin_upload, cancel_upload, find_upload, uploads_of
from images.models import Upload


class TusView(ApiView):
    """A view of the protocol: its version goes both ways."""

    http_method_names = ["head", "post", "patch", "delete", "options"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Name the version, and who speaks another one hears which it could be."""
        spoken = {"Tus-Resumable": tus.VERSION, "Tus-Version": tus.VERSION}
        return super().default_response_headers | spoken

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse another version before anything is done."""
        super().initial(request, *args, **kwargs)
        if request.method in {*self.allowed_methods} - {"OPTIONS"}:
            tus.demand_version(request)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override] # DRF's request
        """Tell what is served."""
        return Response(status=HTTPStatus.NO_CONTENT, headers=tus.abilities())


class UploadsView(TusView):
    """Where uploads begin."""

    http_method_names = ["post", "options"]

    def post(self, request: Request) -> Response:
        """Begin an upload, or join the parts of one."""
        upload = self.join() if tus_requests.is_final(request) else self.begin()
        headers = tus.standing(upload) | {"Location": tus.address_of(upload)}
        return Response(status=HTTPStatus.CREATED, headers=headers)

    def begin(self) -> Upload:
        """Begin it, with its first bytes if they come along; one of no bytes is whole at once."""
        request, has_piece = self.request, tus_requests.has_piece(self.request)
        chunks = tus_requests.read_bytes(request) if has_piece else iter(())
        upload = begin_upload(tus_requests.read_creation(request), actor=self.actor)
        if not has_piece and upload.length != 0:
            return upload
        return take_piece(upload, tus_requests.first_piece(request), chunks, actor=self.actor)

    def join(self) -> Upload:
        """Make one image of parts."""
        request = self.request
        parts, told = tus_requests.read_parts(request), tus_requests.read_metadata(request)
        checksum, metadata = tus_requests.read_expected(told), request.headers.get(tus.METADATA, "")
        return join_parts(parts, checksum=checksum, metadata=metadata, actor=self.actor)


class UploadView(TusView):
    """One upload."""

    def upload(self) -> Upload:
        """Return the upload of the address."""
        return find_upload(self.kwargs["upload_id"], actor=self.actor)

    def head(self, request: Request, upload_id: str) -> Response:
        """Tell how far it is."""
        return Response(status=HTTPStatus.OK, headers=tus.description(self.upload()))

    def patch(self, request: Request, upload_id: str) -> Response:
        """Take the next bytes."""
        piece, chunks = tus_requests.read_piece(request), tus_requests.read_bytes(request)
        upload = take_piece(self.upload(), piece, chunks, actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT, headers=tus.standing(upload))

    def delete(self, request: Request, upload_id: str) -> Response:
        """Cancel it."""
        cancel_upload(self.upload(), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def post(self, request: Request, upload_id: str) -> Response:
        """Do what `X-HTTP-Method-Override` says, for those whose proxies let nothing else pass."""
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
        acts: dict[str, Callable[[Request, str], Response]]
        acts = {"PATCH": self.patch, "DELETE": self.delete, "HEAD": self.head}
        if method not in acts:
            raise MethodNotAllowed(str(request.method))
        return acts[method](request, upload_id)


class UnfinishedView(ApiView):
    """/api/uploads."""

    def get(self, request: Request) -> Response:
        """List the asking person's unfinished uploads in the project."""
        return Response({"uploads": show_unfinished(uploads_of(self.actor))})
