"""The Image API as one actor uses it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any, cast

from rest_framework.test import APIClient

from images.actors import Actor
from images.models import Image
from portal.identity.models import User

V20 = "application/openstack-images-v2.0-json-patch"
V21 = "application/openstack-images-v2.1-json-patch"
OCTETS = "application/octet-stream"


class Door(APIClient):
    """A client for whom *actor* is logged in; it sends JSON and prefers errors as JSON."""

    root = "/v2"

    def __init__(self, actor: Actor | None = None) -> None:
        super().__init__(HTTP_ACCEPT="application/json")
        if actor:
            self.force_authenticate(User(username=actor.user), token=cast("Any", actor))

    def send(self, method: str, path: str, body: Any = None, **environ: Any) -> Any:
        """Send *body* as JSON, bytes as they are; *environ* is added to what gunicorn tells."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given: dict[str, Any] = {"content_type": "application/json", "RAW_URI": path} | environ
        sent: Any = b"" if body is None else content
        return self.generic(method, f"{self.root}{path}", sent, **given)

    def create(self, **fields: Any) -> Any:
        """Make an image."""
        return self.send("POST", "/images", fields)

    def show(self, image: Image | str) -> Any:
        """Show one image."""
        return self.send("GET", f"/images/{identity(image)}")

    def change(self, image: Image | str, *operations: Any, dialect: str = V21) -> Any:
        """Send the JSON patch of *operations*."""
        path = f"/images/{identity(image)}"
        return self.send("PATCH", path, list(operations), content_type=dialect)

    def upload(self, image: Image | str, content: bytes, **environ: Any) -> Any:
        """Send *content* as the data, with its length."""
        path = f"/images/{identity(image)}/file"
        return self.send("PUT", path, content, **{"content_type": OCTETS} | environ)

    def upload_chunked(self, image: Image | str, content: bytes, **environ: Any) -> Any:
        """Send *content* as gunicorn passes on a body in chunks: ended, of unknown length."""
        chunked = {
            "HTTP_TRANSFER_ENCODING": "chunked",
            "CONTENT_LENGTH": "",
            "wsgi.input": BytesIO(content),
            "wsgi.input_terminated": True,
        }
        return self.upload(image, b"", **chunked | environ)

    def download(self, image: Image | str, **environ: Any) -> Any:
        """Ask for the data."""
        return self.send("GET", f"/images/{identity(image)}/file", **environ)


def identity(image: Image | str) -> str:
    """Return the id of *image*, which may be one itself."""
    return image if isinstance(image, str) else str(image.pk)


def names(door: Door, query: str = "") -> list[Any]:
    """Return the names of the images that *query* lists, in their order."""
    answer = door.get(f"/v2/images?{query}&limit=1000")
    assert answer.status_code == 200, answer.content
    return [image["name"] for image in answer.json()["images"]]
