"""The Image API as one actor uses it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from rest_framework.test import APIClient

from images.actors import Actor
from images.models import Image
from portal.identity.models import User

V20 = "application/openstack-images-v2.0-json-patch"
V21 = "application/openstack-images-v2.1-json-patch"


class Door(APIClient):
    """A client for whom *actor* is logged in; bodies are JSON, and so are answers' errors."""

    def __init__(self, actor: Actor | None = None) -> None:
        super().__init__(HTTP_ACCEPT="application/json")
        self.default_format = "json"
        if actor:
            self.force_authenticate(User(username=actor.user), token=actor)

    def change(self, image: Image, *operations: Any, dialect: str = V21) -> Any:
        """Send the JSON patch of *operations*."""
        body = json.dumps(list(operations))
        return self.patch(f"/v2/images/{image.pk}", body, content_type=dialect)

    def upload(self, image: Image, content: bytes, **headers: str) -> Any:
        """Send *content* as the data, with its length."""
        given = {"CONTENT_TYPE": "application/octet-stream"} | headers
        path = f"/v2/images/{image.pk}/file"
        return self.generic("PUT", path, content, **({"content_type": given.pop("CONTENT_TYPE")} | given))

    def upload_chunked(self, image: Image, content: bytes, **headers: str) -> Any:
        """Send *content* as gunicorn passes on a body in chunks: ended, of unknown length."""
        environ = {
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input": BytesIO(content),
            "wsgi.input_terminated": True,
        }
        path = f"/v2/images/{image.pk}/file"
        octets = "application/octet-stream"
        return self.generic("PUT", path, **environ, CONTENT_TYPE=octets, **headers)
