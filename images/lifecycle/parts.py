"""Parallel parts of one image become its data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from images.actors import Actor
from images.errors import BadValue, NotVisible
from images.lifecycle.claims import Held, attempt_under_way, claimed, held
from images.lifecycle.pieces import conclude
from images.lifecycle.slots import upload_slot
from images.lifecycle.transactions import retried
from images.models import Location, Upload
from images.models.finding import find_locked
from images.models.upload import FINAL, idle_end
from images.permissions import permit
from stores.base import Stretch


def join_parts(ids: Sequence[UUID], *, checksum: str, metadata: str, actor: Actor) -> Upload:
    """Make the image active whose data the parts *ids* are, in this order.

    All is read back, to be hashed and inspected. Asked again, it says how that ended, or does it
    again. Raises `BadValue` unless the parts are whole, and cover the image exactly.
    """
    final = _announce(ids, checksum, metadata, actor)
    if final.is_whole:
        return final
    with upload_slot(), held(partial(_claim, final, actor)) as (ours, life):
        attempt, size = ours.attempt, final.length or 0
        attempt.store.reopen(attempt.location.key, Stretch(at=size, reach=size)).seal()
        conclude(ours, None, life)
    return Upload.objects.get(pk=final.pk)


@retried
@transaction.atomic(durable=True)
def _announce(ids: Sequence[UUID], checksum: str, metadata: str, actor: Actor) -> Upload:
    """Return the row that stands for the parts together, made now unless it is there."""
    parts = _in_order(ids, actor)
    concat = FINAL + " ".join(f"/uploads/{part.pk}" for part in parts)
    first = parts[0]
    image = find_locked(first.image_id)
    permit(actor, "upload", image)
    known = Upload.objects.filter(attempt=first.attempt, concat=concat).first()
    if known:
        return known
    size = _demand_cover(parts)
    expected = [one for one in (checksum, *(part.checksum for part in parts)) if one]
    final = Upload(
        image=image,
        attempt=first.attempt,
        user=first.user,
        project=first.project,
        length=size,
        concat=concat,
        checksum=expected[0] if expected else "",
        filename=first.filename,
        metadata=metadata,
        expires_at=idle_end(),
    )
    final.save(force_insert=True)
    final.refresh_from_db()
    return final


def _in_order(ids: Sequence[UUID], actor: Actor) -> list[Upload]:
    """Return the parts as they were named, which *actor* all began."""
    found = Upload.objects.of(actor).in_bulk(ids)
    if not ids or len(found) < len(ids):
        raise NotVisible("There is no such part of an upload.")
    parts = [found[pk] for pk in ids]
    if not all(part.is_part for part in parts) or len({part.attempt for part in parts}) > 1:
        raise BadValue("What is joined must be parts of one image.")
    return parts


def _demand_cover(parts: Sequence[Upload]) -> int:
    """Return the size of what *parts* make together; raise `BadValue` if it is not the image."""
    end = 0
    for part in parts:
        if not part.is_whole:
            raise BadValue(f"The part from byte {part.start} on has {part.offset} of its bytes.")
        if part.start != end:
            raise BadValue(f"No part begins at byte {end}; they are named in their order.")
        end += part.length or 0
    location = Location.objects.filter(pk=parts[0].attempt).first()
    if location is not None and location.size != end:
        raise BadValue(f"The parts have {end} bytes, but the image was to have {location.size}.")
    return end


@retried
@transaction.atomic(durable=True)
def _claim(final: Upload, actor: Actor) -> Held:
    """Let this request alone join the parts."""
    attempt = attempt_under_way(final, actor=actor)
    return Held(claimed(final), attempt, reach=0)
