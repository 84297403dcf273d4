"""How clients add places of data to images and take them away: by POST, and by PATCH as of old."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from images.models import Image
from stores.registry import get_store
from tests.images.api.door import Door

LIST, IMAGE = "/v2/images", "/v2/images/{image_id}"
LOCATIONS, DOWNLOAD = f"{IMAGE}/locations", f"{IMAGE}/file"
BYTES = b"some bytes"
MD5, SHA512 = hashlib.md5(BYTES).hexdigest(), hashlib.sha512(BYTES).hexdigest()
PROOF = {"os_hash_algo": "sha512", "os_hash_value": SHA512}


def post(door: Door, image: Image, url: Any, **body: Any) -> Any:
    return door.send("POST", f"/images/{image.pk}/locations", {"url": url} | body)


def add(door: Door, image: Image, url: str, at: str = "-", **more: Any) -> Any:
    value = {"url": url, "metadata": {}} | more
    return door.change(image, {"op": "add", "path": f"/locations/{at}", "value": value})


def remove(door: Door, image: Image, at: str) -> Any:
    return door.change(image, {"op": "remove", "path": f"/locations/{at}"})


def replace(door: Door, image: Image, *locations: dict[str, Any]) -> Any:
    return door.change(image, {"op": "replace", "path": "/locations", "value": [*locations]})


def urls(answer: Any) -> list[str]:
    return [location["url"] for location in answer.json()["locations"]]


def own_object(image: Image, content: bytes = BYTES) -> str:
    """Put an object under the image's own name, as another service does; return its address."""
    store = get_store("memory")
    writer = store.create(key := f"{image.pk}.{uuid4().hex}", None)
    writer.write(content)
    writer.seal()
    store.rename(key, str(image.pk))
    return store.url(str(image.pk))
