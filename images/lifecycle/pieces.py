"""Pieces of a resumable upload come in: one writer at a time, each byte confirmed or gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from images.actors import Actor
from images.errors import BadValue, Forbidden, UploadLost, WrongOffset
from images.lifecycle.claims import ExcType, Held, attempt_under_way, claimed, held
from images.lifecycle.data import finish, grow, inspection_of
from images.lifecycle.heartbeat import LOST, Life
from images.lifecycle.removal import take_back_name
from images.lifecycle.slots import upload_slot
from images.lifecycle.transactions import persistently, release_connection, retried
from images.models import Upload
from images.models.upload import idle_end
from stores.base import Stretch, Writer
from stores.digests import LastingDigests
from stores.errors import ObjectExists, ObjectMissing, TooLarge
from stores.resumption import STRIDE, Resumption, extra_hashes, measured
from stores.session import Bounds


@dataclass(frozen=True, slots=True)
class Piece:
    """What a request says of the bytes that it brings.

    They begin at *offset* of the upload; *length* is that of the whole, if it is told only now. If
    a sum of them is to be checked, they are *checked* bytes, none of which counts before that.
    """

    offset: int
    length: int | None = None
    checked: int | None = None


def take_piece(upload: Upload, piece: Piece, chunks: Iterable[bytes], *, actor: Actor) -> Upload:
    """Take the bytes of *piece* and return the upload as it stands then.

    If they break off, what came is kept and counts; the last ones make the image active. Raises
    `WrongOffset`, `UploadHeld`, `UploadLost`, `LeaseOver`, `NoFreeSlot` and any `StoreError`; after
    what is `FATAL` nothing is kept, after anything else all that was confirmed.
    """
    with (
        upload_slot(),
        held(partial(_claim, upload, piece, actor)) as (ours, life),
        _writing(ours, piece, life) as session,
    ):
        for chunk in chunks:
            session.write(chunk)
        if ours.is_sealing and session.count == ours.upload.length:
            conclude(ours, session.seal(), life)
    return Upload.objects.get(pk=upload.pk)


@retried
@transaction.atomic(durable=True)
def _claim(upload: Upload, piece: Piece, actor: Actor) -> Held:
    """Let this request alone write *upload*, if *piece* goes on where it stands."""
    if upload.is_final:
        raise Forbidden("What was joined takes no bytes: its parts do.")
    _demand_room(upload)
    attempt = attempt_under_way(upload, actor=actor)
    now = Upload.objects.get(pk=upload.pk)
    _demand_room(now)
    if piece.offset != now.offset:
        raise WrongOffset(
            f"The upload is at byte {now.offset}; bytes from {piece.offset} on do not fit there."
        )
    length = _agreed_length(now, piece)
    far = piece.offset + (STRIDE if piece.checked is None else piece.checked)
    ours = claimed(now, length=length, reach=max(now.reach, far))
    return Held(ours, attempt, now.reach)


def _demand_room(upload: Upload) -> None:
    if upload.is_whole and upload.length:
        raise WrongOffset("Every byte of the upload is there already.")


def _agreed_length(upload: Upload, piece: Piece) -> int | None:
    """Return how many bytes there will be, which is told once."""
    if piece.length is None or piece.length == upload.length:
        return upload.length
    if upload.length is not None:
        raise BadValue(f"The length is {upload.length}, and cannot be another.")
    if piece.length < upload.offset:
        raise BadValue(f"There are {upload.offset} bytes already.")
    if piece.length > settings.IMAGE_SIZE_CAP:
        raise TooLarge(f"An image may have {settings.IMAGE_SIZE_CAP} bytes at most.")
    return piece.length


@contextmanager
def _writing(ours: Held, piece: Piece, life: Life) -> Iterator[Resumption]:
    """Open the object for *piece*; let go of it, with all that came, unless it was sealed."""
    attempt, upload = ours.attempt, ours.upload
    bounds = Bounds(
        limit=attempt.limit,
        declared=upload.length,
        grow=partial(grow, attempt) if attempt.location.size is None else None,
    )
    session = Resumption(open_object(ours), count=upload.offset, bounds=bounds)
    session.digests = _digests(upload)
    session.confirm = partial(_confirm, ours)
    session.confirms_between = piece.checked is None
    session.demand_wanted = life.demand_lease
    with ExitStack() as end:
        if session.digests:
            end.callback(session.digests.close)
        end.push(_leaving(session))
        yield session


def _leaving(
    session: Resumption,
) -> Callable[[ExcType, BaseException | None, TracebackType | None], None]:
    """Return the exit that keeps what came; of a piece whose sum was not right, nothing."""

    def leave(kind: ExcType, error: BaseException | None, trace: TracebackType | None) -> None:
        if not session.is_sealed:
            session.suspend(confirm=error is None or session.confirms_between)

    return leave


def _digests(upload: Upload) -> LastingDigests | None:
    """Return the hashes as they stand; None if the object is to be hashed in the end."""
    if upload.is_part:
        return None
    if upload.offset == 0:
        return LastingDigests(*extra_hashes(upload.checksum))
    return LastingDigests.restored(bytes(upload.state), count=upload.offset)


def open_object(ours: Held) -> Writer:
    """Open the object of the upload where it goes on. Raises `ObjectMissing` if bytes are lost."""
    upload, attempt = ours.upload, ours.attempt
    stop = upload.start + upload.length if upload.is_part and upload.length is not None else None
    stretch = Stretch(upload.start + upload.offset, upload.start + ours.reach, stop)
    try:
        return attempt.store.reopen(attempt.location.key, stretch)
    except ObjectMissing:
        if not _is_back(ours):
            raise
    return attempt.store.reopen(attempt.location.key, stretch)


def _is_back(ours: Held) -> bool:
    """Get back what lies under the image's name without a commit, or make what nobody filled."""
    location = ours.attempt.location
    is_taken_back = take_back_name(location)
    filled = Upload.objects.filter(attempt=location.pk, reach__gt=0).exclude(pk=ours.upload.pk)
    was_filled = ours.reach > 0 or filled.exists()
    release_connection()
    if is_taken_back or was_filled:
        return is_taken_back
    with suppress(ObjectExists):
        ours.attempt.store.create(location.key, location.size).suspend()
    return True


def _confirm(ours: Held, count: int, reach: int, state: bytes) -> None:
    """Remember that *count* bytes are kept; the last one of an upload counts with its image."""
    if ours.is_sealing and count == ours.upload.length:
        return
    persistently(partial(_write_down, ours, count, reach, state))
    release_connection()


def _write_down(ours: Held, count: int, reach: int, state: bytes) -> None:
    life = {"held_at": Now(), "expires_at": idle_end()}
    if not ours.rows.update(offset=count, reach=reach, state=state, **life):
        raise UploadLost(LOST)


def conclude(ours: Held, hashes: tuple[str, ...] | None, life: Life) -> None:
    """Judge the sealed object, and show the image as active. Raises any `BadUpload`."""
    attempt, expected = ours.attempt, ours.upload.checksum
    inspection = inspection_of(attempt.image)
    with attempt.store.open(attempt.location.key) as reader:
        receipt = measured(reader, inspection, hashes, expected=expected, demand_wanted=life.demand)
    finish(attempt, receipt, also=partial(_mark_whole, ours))


def _mark_whole(ours: Held) -> None:
    whole = {"offset": F("length"), "reach": F("length"), "state": b"", "holder": None}
    if not ours.rows.update(**whole, expires_at=idle_end()):
        raise UploadLost(LOST)
