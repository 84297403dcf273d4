"""tus 1.0 as a client at a door speaks it."""

from __future__ import annotations

import base64
from typing import Any

from images.api.tus import PIECE
from images.models import Image
from tests.images.api.door import Door

BYTES = b"0123456789" * 10


def metadata(**told: object) -> str:
    pairs = (
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in told.items()
    )
    return ",".join(pairs)


def ask(door: Door, method: str, path: str, body: Any = b"", **headers: Any) -> Any:
    """Send one request of the protocol; *headers* are written with _ for -."""
    given: Any = {
        f"HTTP_{name.upper()}": str(text) for name, text in headers.items() if text is not None
    }
    given = {"HTTP_TUS_RESUMABLE": "1.0.0", "content_type": PIECE} | given
    if "HTTP_CONTENT_TYPE" in given:
        given["content_type"] = given.pop("HTTP_CONTENT_TYPE")
    answer = door.generic(method, path, body, **given)
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return answer


def begin(door: Door, length: int | None = len(BYTES), **told: Any) -> Any:
    said: Any = {"Upload_Defer_Length": 1} if length is None else {"Upload_Length": length}
    return ask(door, "POST", "/uploads", Upload_Metadata=metadata(**told), **said)


def opened(door: Door, image: Image, **told: Any) -> str:
    """Begin an upload of `BYTES` and return its address."""
    answer = begin(door, image=image.pk, **told)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def patch(door: Door, path: str, offset: int, body: bytes, **headers: object) -> Any:
    return ask(door, "PATCH", path, body, Upload_Offset=offset, **headers)
