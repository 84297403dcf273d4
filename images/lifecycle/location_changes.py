"""Locations changed by a patch, in order with its other changes, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from images.actors import Actor
from images.errors import BadValue, Conflict, Forbidden, MissingFormat, OverLimit, WrongState
from images.events import record
from images.lifecycle.changes import Change
from images.lifecycle.images import lock, update_image
from images.lifecycle.locations import (
    DEFAULT_ALGORITHM,
    Place,
    Proof,
    attach,
    find_data,
    measure,
    record_locations,
    remove_location,
    url_of,
)
from images.lifecycle.transactions import retried
from images.models import Image, Location
from images.permissions import demand, permit
from images.states import Status
from stores.errors import BadAddress

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A location as a client writes it; *proof* as it came."""

    url: str
    metadata: dict[str, Any]
    proof: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AddLocation:
    """Put a location at *position*; None: behind all others."""

    asked: Asked
    position: int | None


@dataclass(frozen=True, slots=True)
class ReplaceLocations:
    """Make these the locations: all of an image without any, or only their notes."""

    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class RemoveLocation:
    """Take the location at *position* away; None: the last."""

    position: int | None


LocationChange = AddLocation | ReplaceLocations | RemoveLocation


def patch_image(image: Image, changes: Sequence[Change | LocationChange], *, actor: Actor) -> Image:
    """Apply *changes* in order, all or nothing, and return the image as it is then.

    Where new locations lead is asked before anything is locked. Raises what `update_image` does,
    `BadAddress`, `WrongState`, `LastLocation`, `OverLimit`, `OverQuota`.
    """
    if all(isinstance(change, Change) for change in changes):
        return update_image(image, _plain(changes), actor=actor)
    permit(actor, "modify", image)
    return _apply_all(image, changes, _find_places(image, changes, actor), actor)


@retried
@transaction.atomic
def _apply_all(
    image: Image,
    changes: Sequence[Change | LocationChange],
    places: dict[str, Place],
    actor: Actor,
) -> Image:
    for is_plain, run in groupby(changes, lambda change: isinstance(change, Change)):
        if is_plain:
            image = update_image(image, _plain([*run]), actor=actor)
        else:
            image = lock(image)
            permit(actor, "modify", image)
            for change in run:
                _apply(image, change, places, actor)
    return image


def _plain(changes: Sequence[Change | LocationChange]) -> list[Change]:
    return [change for change in changes if isinstance(change, Change)]


def _find_places(
    image: Image, changes: Sequence[Change | LocationChange], actor: Actor
) -> dict[str, Place]:
    """Return what lies at each URL that is new to *image*, asking each once."""
    wanted: dict[str, None] = {}
    for change in changes:
        if isinstance(change, AddLocation):
            wanted[change.asked.url] = None
        elif isinstance(change, ReplaceLocations) and not image.active_locations:
            wanted |= dict.fromkeys(one.url for one in change.asked)
    if not wanted:
        return {}
    demand(actor, "set_location", image)
    _demand_open(image)
    _demand_few(len(image.active_locations) + len(wanted))
    return {url: measure(find_data(image, url, actor=actor)) for url in wanted}


def _apply(image: Image, change: Any, places: dict[str, Place], actor: Actor) -> None:
    match change:
        case RemoveLocation():
            demand(actor, "delete_location", image)
            last = len(image.active_locations) - 1
            at = last if change.position is None else change.position
            remove_location(image, at, actor=actor)
        case AddLocation():
            demand(actor, "set_location", image)
            _add(image, change.asked, change.position, places, actor)
        case ReplaceLocations():
            demand(actor, "set_location", image)
            _replace(image, change.asked, places, actor)


def _add(
    image: Image,
    asked: Asked,
    position: int | None,
    places: dict[str, Place],
    actor: Actor,
) -> None:
    _demand_open(image)
    held = [*image.locations.active()]  # whole rows, with their times
    if any(url_of(one) == asked.url and one.metadata == asked.metadata for one in held):
        raise BadValue("The image has this location already.")
    _demand_few(len(held) + 1)
    place = places[asked.url]
    if image.status == Status.ACTIVE and place.size != image.size:
        raise BadAddress(f"The data there have {place.size} bytes, the image {image.size}.")
    hashes = _hashes(image, asked)
    location = attach(image, place, actor=actor, metadata=asked.metadata)
    at = len(held) if position is None else min(position, len(held))
    _move(location, held, at)
    before = image.store_names
    image.active_locations = [*held[:at], location, *held[at:]]
    if image.status == Status.QUEUED:
        _activate(image, place, hashes, actor)
    record_locations(image, actor, before=before)


def _activate(image: Image, place: Place, hashes: dict[str, Any], actor: Actor) -> None:
    if not image.has_formats:
        raise MissingFormat("Disk format and container format must be set before data can come.")
    image.claim(Status.QUEUED, to=Status.ACTIVE, size=place.size, **hashes)
    record("image.activate", image, actor)


def _hashes(image: Image, asked: Asked) -> dict[str, str]:
    """Return the hashes that *asked* brings, which are the image's own if it has any."""
    if asked.proof is None:
        return {}
    try:
        proof = Proof.of(**asked.proof)
    except BadValue as trouble:
        raise Conflict(str(trouble)) from None
    if proof.algorithm != DEFAULT_ALGORITHM:
        raise Conflict(f"os_hash_algo must be {DEFAULT_ALGORITHM}.")
    told = {"os_hash_algo": proof.algorithm, "os_hash_value": proof.value}
    told |= {"checksum": proof.checksum} if proof.checksum else {}
    differs = any(getattr(image, name) != value for name, value in told.items())
    if image.status != Status.QUEUED and differs:
        raise Conflict("The hashes are not those that the image has.")
    return told


def _move(location: Location, held: list[Location], at: int) -> None:
    """Give *location* a time that puts it at position *at* of those *held*."""
    location.created_at = _between(held[at - 1 : at], held[at : at + 1])
    location.save(update_fields=["created_at"])


def _between(before: list[Location], after: list[Location]) -> datetime:
    if not after:
        return max(timezone.now(), before[0].created_at + TICK) if before else timezone.now()
    if not before:
        return after[0].created_at - timedelta(seconds=1)
    return before[0].created_at + (after[0].created_at - before[0].created_at) / 2


def _replace(
    image: Image, asked: tuple[Asked, ...], places: dict[str, Place], actor: Actor
) -> None:
    if not asked:
        raise Forbidden("The locations cannot be replaced by none.")
    _demand_open(image)
    held = [*image.locations.active()]  # whole rows, with their times
    if not held:
        for one in asked:
            _add(image, one, None, places, actor)
        return
    by_url = {location.pk: url_of(location) for location in held}
    if sorted(map(str, by_url.values())) != sorted(one.url for one in asked):
        raise BadValue("Of locations that are there only the metadata can be replaced.")
    for one in asked:
        location = next(mine for mine in held if by_url.get(mine.pk) == one.url)
        del by_url[location.pk]
        location.metadata = one.metadata
        location.save(update_fields=["metadata"])
    record("image.update", image, actor, changed=["locations"])


def _demand_open(image: Image) -> None:
    if image.status not in {Status.QUEUED, Status.ACTIVE}:
        raise WrongState(f"Locations of an image that is {image.status} cannot be changed.")


def _demand_few(count: int) -> None:
    limit = settings.IMAGE_LOCATION_QUOTA
    if 0 <= limit < count:
        raise OverLimit(f"An image may have {limit} locations, not {count}.")
