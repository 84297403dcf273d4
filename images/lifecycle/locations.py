"""The acts on an image's locations: data that lie in a store already, and how they are let go."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from images.actors import Actor
from images.errors import BadValue, Forbidden, InUse, LastLocation, NotVisible, WrongState
from images.events import record
from images.lifecycle.images import lock
from images.lifecycle.removal import remove_locations
from images.lifecycle.tasks import demand_free, hand_over
from images.models import Image, Location, Task
from images.permissions import demand, demand_sight, permit
from images.signals import location_adding, location_removed
from images.states import LocationStatus, Status, TaskType
from stores.base import Store
from stores.errors import BadAddress, ObjectMissing, StoreDown, UnknownStore
from stores.registry import all_stores, find_place, get_store
from stores.web import is_web

HEX = re.compile(r"[0-9a-fA-F]{1,128}", re.ASCII)
ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
DEFAULT_ALGORITHM = "sha512"


@dataclass(frozen=True, slots=True)
class Proof:
    """What the bytes of a location are said to hash to; *checksum* is their md5, or empty."""

    algorithm: str
    value: str
    checksum: str = ""

    @classmethod
    def of(cls, algorithm: str, value: str, checksum: str = "") -> Proof:
        """Return a proof that is well formed. Raises `BadValue`."""
        if algorithm not in ALGORITHMS:
            raise BadValue(f"os_hash_algo must be one of {', '.join(ALGORITHMS)}.")
        for text, name in ((value, algorithm), (checksum, "md5")):
            if text and not (HEX.fullmatch(text) and len(text) == digits_of(name)):
                raise BadValue(f"A hash by {name} has {digits_of(name)} hexadecimal digits.")
        if not value:
            raise BadValue("os_hash_value must not be empty.")
        return cls(algorithm, value.lower(), checksum.lower())


def digits_of(algorithm: str) -> int:
    """Return how many hexadecimal digits a hash by *algorithm* has."""
    return hashlib.new(algorithm, usedforsecurity=False).digest_size * 2


@dataclass(frozen=True, slots=True)
class Place:
    """Data that lie somewhere: *address* is what *store* opens, *size* bytes, *url* as given.

    The image's own object, which a service put there, or (*is_elsewhere*) a web server's.
    """

    store: Store
    address: str
    url: str
    size: int = 0

    @property
    def is_elsewhere(self) -> bool:
        """Is this nothing of ours?"""
        return is_web(self.url)


def find_data(image: Image, url: str, *, actor: Actor) -> Place:
    """Return where *url* leads, asking no web server. Raises `BadAddress`, `Forbidden`.

    Only a service names objects in our stores. Without a store for it, a web address is refused to
    all others as any other is: they may not use this at all.
    """
    is_hopeless = is_web(url) and not any(store.kind == "http" for store in all_stores().values())
    if is_hopeless and not actor.is_service:
        raise Forbidden("A store for http locations must be configured for this.")
    store, address = find_place(url, str(image.pk))
    place = Place(store, address, url)
    if not place.is_elsewhere and not actor.is_service:
        raise Forbidden("Only services may name objects in the stores.")
    return place


def measure(place: Place) -> Place:
    """Return *place* with the size of its data. Raises `BadAddress` if there are none."""
    try:
        with place.store.open(place.address) as reader:
            size = reader.size
    except ObjectMissing:
        raise BadAddress("There are no data at the address.") from None
    except StoreDown as trouble:
        raise (BadAddress(str(trouble)) if place.is_elsewhere else trouble) from None
    if not 0 < size <= settings.IMAGE_SIZE_CAP:
        raise BadAddress(f"An image may have 1 to {settings.IMAGE_SIZE_CAP} bytes, not {size}.")
    return Place(place.store, place.address, place.url, size)


def add_location(image: Image, url: str, *, actor: Actor, proof: Proof | None) -> Task:
    """Give a queued *image* the data at *url*, in the background; return the task that does it.

    Raises `BadAddress`, `WrongState`, `Forbidden`, `ImportUnderWay`.
    """
    permit_adding(image, actor)
    find_data(image, url, actor=actor)  # which asks for names on the net, so not in a transaction
    with transaction.atomic():
        image = lock(image)
        permit_adding(image, actor)
        given: dict[str, Any] = {"image_id": str(image.pk), "loc_url": url, "validation_data": {}}
        if proof:
            told = {"os_hash_algo": proof.algorithm, "os_hash_value": proof.value}
            given["validation_data"] = told
        given["is_service"] = actor.is_service
        return hand_over(TaskType.LOCATION_IMPORT, image, actor=actor, given=given)


def permit_adding(image: Image, actor: Actor) -> None:
    """Raise `NotVisible`, `WrongState` or `Forbidden` unless *actor* may add a first location."""
    demand_sight(actor, image)
    if image.status != Status.QUEUED:
        raise WrongState(f"A location is added to a queued image; this one is {image.status}.")
    demand(actor, "add_location", image)


def locations_for(image: Image, *, actor: Actor) -> list[Location]:
    """Return where the data lie, for services and administrators."""
    permit(actor, "fetch_locations", image)
    return image.active_locations


def url_of(location: Location) -> str | None:
    """Return the address of *location* as other services know it; None while nobody knows it."""
    try:
        return location.url or get_store(location.store).url(location.key)
    except (StoreDown, UnknownStore):
        return None


def attach(
    image: Image, place: Place, *, actor: Actor, metadata: dict[str, Any] | None = None
) -> Location:
    """Write that data of the locked *image* lie at *place*, and bill them. Raises `OverQuota`.

    *actor* brings them. What an earlier import left at a queued image is replaced.
    """
    if image.status == Status.QUEUED:
        image.locations.named_only().delete()
    identity = uuid.uuid4()
    location = Location(
        id=identity,
        image=image,
        store=place.store.name,
        key=f"{image.pk}.{identity.hex}" if place.is_elsewhere else str(image.pk),
        url=place.url if place.is_elsewhere else "",
        metadata=metadata or {},
        status=LocationStatus.ACTIVE,
        uploader=actor.user,
        size=place.size,
        heartbeat_at=None,
    )
    if Location.objects.filter(store=location.store, key=location.key).exists():
        raise BadAddress("The image has, or had, an object there already.")
    location_adding.send(Image, image=image, location=location, size=place.size)
    location.save(force_insert=True)
    return location


def detach(image: Image, location: Location) -> None:
    """Let go of *location* of the locked *image*, its bytes after the commit, and its bill."""
    location_removed.send(Image, image=image, location=location)
    remove_locations(Location.objects.filter(pk=location.pk))


def delete_from_store(image: Image, store: str, *, actor: Actor) -> None:
    """Remove the data of *image* from one of the stores that hold them.

    Raises `Forbidden`, `WrongState`, `LastLocation`, `NotVisible` if they are not there, `InUse`.
    """
    permit(actor, "delete_location", image)
    _refuse_clones(image.locations.active().filter(store=store).first())
    with transaction.atomic():
        image = lock(image)
        permit(actor, "delete_location", image)
        remove_location(image, store, actor=actor)


def remove_location(image: Image, which: str | int, *, actor: Actor) -> None:
    """Remove one location of the locked *image*: the first in a store, or that at a position."""
    if image.status != Status.ACTIVE:
        raise WrongState(f"Locations go from active images; this one is {image.status}.")
    demand_free(image)
    held = image.active_locations
    if len(held) == 1:
        raise LastLocation("The last location cannot be removed; delete the image instead.")
    at = which if isinstance(which, int) else _position(held, which)
    if not 0 <= at < len(held):
        raise BadValue("The image has no location at that position.")
    detach(image, held[at])
    before = image.store_names
    image.active_locations = held[:at] + held[at + 1 :]
    record_locations(image, actor, before=before)


def record_locations(image: Image, actor: Actor, *, before: list[str]) -> None:
    """Write that *image* has its data in other stores than *before*; no event says where there."""
    change = {"before": {"stores": before}, "after": {"stores": image.store_names}}
    record("image.update", image, actor, changed=["locations"], **change)


def _position(held: list[Location], store: str) -> int:
    names = [location.store for location in held]
    if store not in names:
        raise NotVisible(f"The image has no data in the store {store}.")
    return names.index(store)


def _refuse_clones(location: Location | None) -> None:
    if location and get_store(location.store).in_use(location.address):
        raise InUse("A clone or a snapshot depends on these data.")
