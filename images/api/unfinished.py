"""Unfinished uploads, as the pages list them: parallel parts of one image are one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from images.api.tus import address_of
from images.models import Upload
from images.times import stamp


def show_unfinished(uploads: Iterable[Upload]) -> list[dict[str, Any]]:
    """Return *uploads* with those together that fill one object."""
    by_object: dict[UUID, list[Upload]] = {}
    for upload in uploads:
        if not upload.is_final:
            by_object.setdefault(upload.attempt, []).append(upload)
    return [_show(sorted(parts, key=lambda part: part.start)) for parts in by_object.values()]


def _show(parts: list[Upload]) -> dict[str, Any]:
    """Return one upload; any part stands for all, the first is named."""
    first, image = parts[0], parts[0].image
    return {
        "id": str(first.pk),
        "url": address_of(first),
        "image": str(image.pk),
        "name": image.name or "",
        "image_url": f"/images/{image.pk}",
        "size": _size(parts),
        "offset": sum(part.offset for part in parts),
        "filename": first.filename,
        "fingerprint": first.fingerprint,
        "expires_at": stamp(max(part.expires_at for part in parts)),
        "parts": first.is_part,
        "parts_urls": [address_of(part) for part in parts] if first.is_part else [],
    }


def _size(parts: list[Upload]) -> int | None:
    lengths = [part.length for part in parts]
    return None if None in lengths else sum(length or 0 for length in lengths)
