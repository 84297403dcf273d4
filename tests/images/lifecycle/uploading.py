"""Resumable uploads as tests begin them and break them off, and what is there in the end."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from images.actors import Actor
from images.lifecycle.uploads import NewUpload, begin_upload
from images.models import Image, Location, Upload
from quotas.models import Usage
from stores.registry import get_store
from tests.conftest import PROJECT
from tests.images.kept import kept, objects_of

BYTES = bytes(range(256)) * 4
Send = Callable[..., Upload]


class Gone(Exception):
    """What a broken connection raises."""


def begin(image: Image, by: Actor, length: int | None = len(BYTES), **given: Any) -> Upload:
    return begin_upload(NewUpload(length=length, image=str(image.pk), **given), actor=by)


def breaking(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise Gone


def stand(upload: Upload) -> tuple[int, int, uuid.UUID | None]:
    """Return what the row says: confirmed, dirty up to, held by."""
    return Upload.objects.values_list("offset", "reach", "holder").get(pk=upload.pk)


def assert_whole(image: Image, content: bytes) -> None:
    found = kept(image)
    assert (found.status, found.size) == ("active", len(content))
    assert found.checksum == hashlib.md5(content).hexdigest()
    assert found.os_hash_value == hashlib.sha512(content).hexdigest()
    with get_store().open(str(image.pk)) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == content
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.used, bill.reserved) == (len(content), 0)


def assert_undone(image: Image) -> None:
    assert (kept(image).status, Location.objects.count()) == ("queued", 0)
    assert objects_of(image) == []
    assert Usage.objects.get(project=PROJECT).reserved == 0
