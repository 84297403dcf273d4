"""The acts on an image's record: create, update, delete, deactivate, reactivate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from images.actors import Actor
from images.errors import (
    ChangedMeanwhile,
    IdTaken,
    InUse,
    NotVisible,
    Protected,
    WrongState,
    WrongStateForAct,
)
from images.events import record, status_change
from images.lifecycle.changes import (
    Change,
    Draft,
    demand_visibility,
    write_properties,
    write_tags,
)
from images.lifecycle.removal import remove_objects
from images.lifecycle.transactions import retried
from images.models import Image
from images.models.finding import find_locked
from images.permissions import demand, permit
from images.prepared import insert
from images.signals import (
    image_creating,
    image_deleted,
    image_moving,
    import_ended,
    upload_abandoned,
)
from images.states import MOVES, Status
from stores.registry import all_stores

LIVING = [status for status in Status if Status.DELETED in MOVES[status]]


@retried
@transaction.atomic
def create_image(fields: Mapping[str, Any], *, actor: Actor) -> Image:
    """Make the record of an image that has no data yet, and return it with its parts.

    *fields* are base fields, `id` (a UUID), `tags` (names) and `properties` (texts by name). Raises
    `Forbidden`, `ReadOnlyField`, `BadValue`, `OverQuota`, `OverLimit`, `IdTaken`.
    """
    draft = Draft.new(fields, actor)
    identity = {"id": fields["id"]} if "id" in fields else {}
    image = Image.without_parts(**{"owner": actor.project} | draft.fields | identity)
    demand(actor, "create", image)
    demand_visibility(image.visibility, image, actor)
    draft.check_limits(image)
    if "id" in fields:
        _insert_chosen(image)
    else:
        insert(image)
    write_tags(image, draft.tags)
    write_properties(image, draft.properties)
    record("image.create", image, actor)
    image_creating.send(Image, image=image, actor=actor)  # last: it locks the project's row
    return image


def _insert_chosen(image: Image) -> None:
    """Insert a row whose id was chosen, and may be taken: only then a savepoint is worth it."""
    try:
        with transaction.atomic():
            insert(image)
    except IntegrityError:
        if not Image.remembered.filter(pk=image.pk).exists():
            raise
        raise IdTaken(f"Image ID {image.pk} already exists.") from None


@retried
@transaction.atomic
def update_image(
    image: Image, changes: Collection[Change], *, actor: Actor, as_of: datetime | None = None
) -> Image:
    """Apply *changes* in order, all or nothing, and return the image as it is then.

    The row is locked first, so that nobody's acknowledged change is lost; changes that change
    nothing leave no event and no new `updated_at`. Raises what `Change` and `Draft` raise, and
    `ChangedMeanwhile` if the image has another `updated_at` than *as_of*.
    """
    image = lock(image)
    permit(actor, "modify", image)
    if as_of is not None and image.updated_at != as_of:
        raise ChangedMeanwhile("Somebody else changed the image meanwhile; try again.")
    draft = Draft.of(image)
    for change in changes:
        change.demand(image, actor)
        draft.apply(change, actor)
    draft.check_limits(image)
    changed = draft.differences(image)
    if "owner" in changed:
        image_moving.send(Image, image=image, owner=draft.fields["owner"])
    if changed:
        before, after = draft.told(image)
        draft.save(image)
        record("image.update", image, actor, changed=sorted(changed), before=before, after=after)
    return image


def delete_image(image: Image, *, actor: Actor) -> None:
    """Delete *image* from any state; its bytes go once the deletion is committed.

    An upload under way loses its attempt and ends by itself. Raises `Protected`, `InUse`.
    """
    permit(actor, "delete", image)
    refuse_protected(image)
    refuse_in_use(image)
    _delete(image, actor)


@retried
@transaction.atomic
def _delete(image: Image, actor: Actor) -> None:
    image = lock(image)
    permit(actor, "delete", image)
    refuse_protected(image)
    attempts = image.attempts()
    was = image.status
    image.claim(*LIVING, to=Status.DELETED, deleted_at=timezone.now())
    for attempt in attempts:
        upload_abandoned.send(Image, image=image, attempt=attempt)
    if was == Status.IMPORTING:
        import_ended.send(Image, image=image)
    bury(image, actor, was=was)


def bury(image: Image, actor: Actor, *, was: str) -> None:
    """Take the locked *image*, which is deleted, off the bill; let its parts and bytes go."""
    image_deleted.send(Image, image=image)
    record("image.delete", image, actor, **status_change(was, Status.DELETED))
    _forget_parts(image)
    remove_objects(image)


def refuse_protected(image: Image) -> None:
    """Raise `Protected` for an image that must not be deleted."""
    if image.protected:
        raise Protected("The image is protected and cannot be deleted.")


def refuse_in_use(image: Image) -> None:
    """Raise `InUse` for one on whose bytes others depend. Stores are asked: never under a lock."""
    stores = all_stores()
    for location in image.locations.active():
        store = stores.get(location.store)  # one that is no longer configured cannot be asked
        if store and store.in_use(location.key):
            raise InUse(
                f"Image {image.pk} could not be deleted because it is in use: "
                "a clone or a snapshot depends on its data."
            )


def _forget_parts(image: Image) -> None:
    for parts in (
        image.tags,
        image.properties,
        image.members,
        image.user_grants,
        image.group_grants,
        image.links,
    ):
        parts.all().delete()


@retried
@transaction.atomic
def deactivate_image(image: Image, *, actor: Actor) -> None:
    """Stop serving the data of *image*; a second time changes nothing."""
    _switch(image, Status.ACTIVE, Status.DEACTIVATED, act="deactivate", actor=actor)


@retried
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
    record(f"image.{act}", image, actor, **status_change(source, to))


def lock(image: Image) -> Image:
    """Return the row of *image* as it is now, locked until the transaction ends.

    Raises `NotVisible` when it was deleted meanwhile.
    """
    found = find_locked(image.pk)
    if found.status == Status.DELETED:
        raise NotVisible(f"No image found with ID {image.pk}.")
    return found
