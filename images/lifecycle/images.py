"""The acts on an image's record: create, update, delete, deactivate, reactivate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from images.errors import IdTaken, InUse, Protected, WrongState, WrongStateForAct
from images.events import record
from images.lifecycle.changes import (
    BASE_FIELDS,
    Draft,
    demand_visibility,
    write_properties,
    write_tags,
)
from images.lifecycle.removal import remove_objects
from images.models import Image, Location
from images.permissions import demand, permit
from images.signals import image_creating, image_deleted, image_moved, upload_abandoned
from images.states import LocationStatus, Status
from stores.registry import get_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from images.actors import Actor
    from images.lifecycle.changes import Change

LIVING = (
    Status.QUEUED,
    Status.SAVING,
    Status.UPLOADING,
    Status.IMPORTING,
    Status.ACTIVE,
    Status.DEACTIVATED,
)


@transaction.atomic
def create_image(fields: Mapping[str, Any], *, actor: Actor) -> Image:
    """Make the record of an image that has no data yet.

    *fields* are base fields, `id`, `tags` (names) and `properties` (a mapping of texts). Raises
    `Forbidden`, `ReadOnlyField`, `BadValue`, `OverQuota`, `OverLimit`, `IdTaken`.
    """
    columns = {name: fields[name] for name in BASE_FIELDS | {"id"} if name in fields}
    image = Image(**{"owner": actor.project, **columns})
    draft = Draft.new(fields)
    demand(actor, "create", image)
    demand_visibility(image, image.visibility, actor)
    image_creating.send(Image, image=image, actor=actor)
    draft.check_limits()
    _insert(image)
    write_tags(image, draft.tags)
    write_properties(image, draft.properties)
    record("image.create", image, actor)
    return image


def _insert(image: Image) -> None:
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except IntegrityError:
        if not Image.remembered.filter(pk=image.pk).exists():
            raise
        raise IdTaken(f"Image ID {image.pk} already exists.") from None


@transaction.atomic
def update_image(image: Image, changes: Sequence[Change], *, actor: Actor) -> Image:
    """Apply *changes* in order, all or nothing, and return the image as it is then.

    The row is locked first, so that nobody's acknowledged change is lost; changes that change
    nothing leave no event and no new `updated_at`. Raises what `Draft` raises.
    """
    image = lock(image)
    permit(actor, "modify", image)
    draft = Draft.of(image)
    draft.apply(changes)
    draft.check_permitted(image, actor)
    draft.check_limits()
    if _write(image, draft):
        record("image.update", image, actor, changed=sorted(draft.touched))
    return image


def _write(image: Image, draft: Draft) -> bool:
    previous_owner = image.owner
    changed = {name for name, value in draft.fields.items() if getattr(image, name) != value}
    parts = [write_tags(image, draft.tags), write_properties(image, draft.properties)]
    if not changed and not any(parts):
        return False
    for name in changed:
        setattr(image, name, draft.fields[name])
    if "owner" in changed:
        image_moved.send(
            Image, image=image, previous_owner=previous_owner, size=stored_size(image)
        )
    image.updated_at = timezone.now()
    image.save(update_fields=[*changed, "updated_at"])
    return True


def delete_image(image: Image, *, actor: Actor) -> None:
    """Delete *image* from any state; its bytes go once the deletion is committed.

    An upload under way loses its attempt and ends by itself. Raises `Protected`, `InUse`.
    """
    permit(actor, "delete", image)
    _refuse_in_use(image)
    with transaction.atomic():
        image = lock(image)
        permit(actor, "delete", image)
        if image.protected:
            raise Protected("The image is protected and cannot be deleted.")
        size = stored_size(image)
        attempts = list(image.locations.filter(status=LocationStatus.WRITING))
        image.claim(*LIVING, to=Status.DELETED, deleted_at=timezone.now())
        for attempt in attempts:
            upload_abandoned.send(Image, image=image, attempt=attempt)
        image_deleted.send(Image, image=image, size=size)
        record("image.delete", image, actor)
        _forget_parts(image)
        remove_objects(image)


def _refuse_in_use(image: Image) -> None:
    for location in image.locations.filter(status=LocationStatus.ACTIVE):
        if get_store(location.store).in_use(location.key):
            raise InUse(
                f"Image {image.pk} could not be deleted because it is in use: "
                "something was cloned from its data."
            )


def _forget_parts(image: Image) -> None:
    for parts in (
        image.tags,
        image.properties,
        image.members,
        image.user_grants,
        image.group_grants,
    ):
        parts.all().delete()


@transaction.atomic
def deactivate_image(image: Image, *, actor: Actor) -> None:
    """Stop serving the data of *image*; a second time changes nothing."""
    _switch(image, Status.ACTIVE, Status.DEACTIVATED, act="deactivate", actor=actor)


@transaction.atomic
def reactivate_image(image: Image, *, actor: Actor) -> None:
    """Serve the data of *image* again; a second time changes nothing."""
    _switch(image, Status.DEACTIVATED, Status.ACTIVE, act="reactivate", actor=actor)


def _switch(image: Image, source: Status, to: Status, *, act: str, actor: Actor) -> None:
    image = lock(image)
    permit(actor, act, image)
    if image.status == to:
        return
    try:
        image.claim(source, to=to)
    except WrongState as refusal:
        raise WrongStateForAct(f"Not allowed to {act}: the image is {image.status}.") from refusal
    record(f"image.{act}", image, actor)


def lock(image: Image) -> Image:
    """Return the row of *image* as it is now, locked until the transaction ends.

    Raises `NotVisible` when it was deleted meanwhile.
    """
    return Image.objects.select_for_update().get_or_absent(image.pk)


def stored_size(image: Image) -> int:
    """Return the bytes that *image* holds in all its stores."""
    active = Location.objects.filter(image=image, status=LocationStatus.ACTIVE)
    return active.aggregate(total=Sum("size"))["total"] or 0
