"""Resumable uploads as records: begun, found, listed, cancelled, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from images.actors import Actor
from images.errors import BadValue, NotVisible, OverLimit, UploadLost
from images.ids import read_id
from images.lifecycle.data import Attempt, begin_attempt, undoing
from images.lifecycle.images import create_image, lock
from images.lifecycle.removal import remove_object
from images.lifecycle.transactions import release_connection, retried
from images.lifecycle.undo import abandon
from images.models import Image, Location, Upload
from images.models.finding import find_image, find_locked
from images.models.upload import PARTIAL, UploadQuerySet, idle_end
from images.permissions import permit
from images.states import LocationStatus, Status
from stores.registry import get_store

MOST_PARTS = 64
MOST_LISTED = 500
GONE = (
    "The upload has ended: it was cancelled, it expired, or its image was deleted "
    "or given other data. Begin a new one."
)


@dataclass(frozen=True, slots=True)
class Part:
    """Where in an image of *size* bytes a parallel part begins."""

    start: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """What a client says before its first byte; *length* in bytes, None if it will say so later.

    *image* is the id of a queued image; without it one is made of *fields*. *checksum* is what all
    of the data must hash to: md5, sha256 or sha512, by its length. *filename*, *fingerprint* and
    *metadata* are the client's own words.
    """

    length: int | None
    image: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    store: str | None = None
    checksum: str = ""
    filename: str = ""
    fingerprint: str = ""
    metadata: str = ""
    part: Part | None = None

    @property
    def size(self) -> int | None:
        """How many bytes the image will have."""
        return self.part.size if self.part else self.length

    @property
    def row(self) -> dict[str, Any]:
        """What the row keeps of it."""
        names = ("length", "checksum", "filename", "fingerprint", "metadata")
        start, concat = (self.part.start, PARTIAL) if self.part else (0, "")
        return {name: getattr(self, name) for name in names} | {"start": start, "concat": concat}


def begin_upload(wanted: NewUpload, *, actor: Actor) -> Upload:
    """Open an image for data that come in pieces, or in parallel parts.

    Whatever can refuse them does so now. Asked again for what nothing came of yet, since an answer
    was lost, the same upload is returned. Raises as `create_image` and `receiving`.
    """
    upload, attempt = _begin(wanted, actor)
    if attempt:
        release_connection()
        with ExitStack() as undo:
            undo.push(undoing(attempt))
            attempt.store.create(attempt.location.key, attempt.location.size).suspend()
            undo.pop_all()
    return upload


@retried
@transaction.atomic(durable=True)
def _begin(wanted: NewUpload, actor: Actor) -> tuple[Upload, Attempt | None]:
    """Write down the upload, with the attempt that it fills unless it joins one that is there."""
    if wanted.image is None:
        image = create_image(wanted.fields, actor=actor)
    else:
        image = lock(find_image(wanted.image))
        permit(actor, "upload", image)
        mine = _under_way().of(actor).filter(image=image)
        if known := mine.filter(**_same(wanted)).first():
            return known, None
    attempt = None
    location = _joined(image, wanted, actor) if wanted.part else None
    if location is None:
        store = get_store(wanted.store)
        attempt = begin_attempt(image, actor=actor, size=wanted.size, store=store)
        location = attempt.location
    row = {**wanted.row, "image": image, "attempt": location.pk}
    upload = Upload(user=actor.user, project=actor.project or "", expires_at=idle_end(), **row)
    upload.save(force_insert=True)
    upload.refresh_from_db()
    return upload, attempt


def _same(wanted: NewUpload) -> dict[str, Any]:
    """Return what tells an upload that is asked for again: nothing has come of it yet."""
    return {**wanted.row, "offset": 0, "reach": 0, "holder": None}


def _under_way() -> UploadQuerySet:
    """Return the uploads that may go on; parts wait for each other."""
    writing = Location.objects.of_outer_upload()
    living = Upload.objects.living().filter(attempt=OuterRef("attempt"))
    return Upload.objects.filter(Exists(writing), Exists(living))


def _joined(image: Image, wanted: NewUpload, actor: Actor) -> Location | None:
    """Return the attempt that other parts of *actor* fill, if this one has a place beside them."""
    part, length = wanted.part, wanted.length
    if part is None or length is None or part.start + length > part.size:
        raise BadValue("A part needs its length, and must end within the size of the whole.")
    if image.status != Status.SAVING:
        return None
    others = [*_under_way().of(actor).filter(image=image, concat=PARTIAL)]
    if not others:
        return None  # who asks for the image hears that it is taken
    if len(others) >= MOST_PARTS:
        raise OverLimit(f"An image may be uploaded in {MOST_PARTS} parts at most.")
    for other in others:
        if part.start < other.start + (other.length or 0) and other.start < part.start + length:
            raise BadValue(f"Another part has bytes from {other.start} on.")
    location = Location.objects.get(pk=others[0].attempt)
    if location.size != part.size:
        raise BadValue(f"The other parts said that there are {location.size} bytes in all.")
    return location


def find_upload(pk: str, *, actor: Actor) -> Upload:
    """Return the upload of that id, which *actor* began, with its image.

    Raises `NotVisible` for somebody else's (administrators find all) and for one whose image lies
    in the trash, `UploadLost` for one that has ended, and what `permit` raises.
    """
    rows = Upload.objects.all() if actor.is_admin else Upload.objects.of(actor)
    try:
        upload = rows.select_related("image").get(pk=read_id(pk), image__trashed=None)
    except (Upload.DoesNotExist, ValueError):
        raise NotVisible("There is no such upload.") from None
    if attempt_of(upload) is None:
        raise UploadLost(GONE)
    permit(actor, "upload", upload.image)
    return upload


def attempt_of(upload: Upload) -> Location | None:
    """Return the location that *upload* fills, or has filled; None if it came to nothing."""
    standing = [LocationStatus.WRITING, LocationStatus.ACTIVE]
    location = Location.objects.filter(pk=upload.attempt, status__in=standing).first()
    is_under_way = location is not None and location.status == LocationStatus.WRITING
    if is_under_way and not _siblings(upload).living().exists():
        return None  # expired, and not undone yet
    return location


def _siblings(upload: Upload) -> UploadQuerySet:
    """Return the uploads that fill the same object: itself and, of parts, the others."""
    return Upload.objects.filter(attempt=upload.attempt)


def uploads_of(actor: Actor) -> list[Upload]:
    """Return what *actor* began in its project and has not finished, the oldest first."""
    mine = _under_way().of(actor).select_related("image")
    return list(mine.order_by("created_at", "start")[:MOST_LISTED])


def cancel_upload(upload: Upload, *, actor: Actor) -> None:
    """Undo *upload*, with all parts beside it; of one that is whole only the record goes."""
    location = _cancel(upload, actor)
    if location is not None:
        release_connection()
        remove_object(location)


@retried
@transaction.atomic
def _cancel(upload: Upload, actor: Actor) -> Location | None:
    """Return the location whose object can go at once: nobody writes it."""
    image = find_locked(upload.image_id)
    permit(actor, "upload", image)
    mine = Location.objects.filter(pk=upload.attempt)
    abandon(image, mine, actor=actor, reason="It was cancelled.")
    is_held = _siblings(upload).exclude(holder=None).exists()
    location = mine.filter(status=LocationStatus.DELETING).first()
    if location is None:
        upload.delete()
    return None if is_held else location


def forget_uploads() -> int:
    """Delete the records of uploads that ended, once they would have expired; return how many."""
    writing = Location.objects.of_outer_upload()
    return Upload.objects.expired().filter(~Exists(writing)).delete()[0]
