"""The web form's file on its straight way into a store: no temporary file, never all in memory."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from stores.base import MIB
from stores.errors import BadUpload
from stores.session import UploadSession

FIELD = "file"


class StoreUploadHandler(FileUploadHandler):
    """Pass the one file of a form, in the field `file`, on to an open *session*.

    It does not seal: the view does, once the CSRF check has passed. Whoever opened the session
    closes it, since Django calls no handler when something raises. It stands alone in
    `request.upload_handlers` (Django reads in the smallest chunk size of all), and never in
    `FILE_UPLOAD_HANDLERS`, where any stranger's form would open a session.
    *progress* is called after every chunk with the count of bytes so far.
    """

    chunk_size = 8 * MIB

    def __init__(
        self, session: UploadSession, *, progress: Callable[[int], object] | None = None
    ) -> None:
        super().__init__()
        self._session = session
        self._progress = progress
        self._has_file = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Take the first file if it is in the right field; raise `BadUpload` for any other."""
        super().new_file(field_name, *args, **kwargs)
        if self._has_file or field_name != FIELD:
            raise BadUpload(f"The form may hold one file, in the field {FIELD!r}.")
        self._has_file = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the bytes into the session, whose errors travel to the view."""
        self._session.write(raw_data)
        if self._progress:
            self._progress(self._session.count)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """Return what is known of the file, its size in bytes too; its content is in the store."""
        return UploadedFile(
            BytesIO(),  # Django closes what it gets
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )

    def upload_interrupted(self) -> None:
        """Remove what came of a form that broke off."""
        self._session.abort()
