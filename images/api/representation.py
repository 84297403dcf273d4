"""Images and members as the wire shows them."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from django.conf import settings

from images.actors import Actor
from images.lifecycle.locations import url_of
from images.models import Image, Location, Member, Task
from images.permissions import is_allowed
from images.properties import readable
from images.times import stamp

PLAIN_FIELDS = (
    "name",
    "status",
    "visibility",
    "protected",
    "os_hidden",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "owner",
    "size",
    "virtual_size",
    "container_format",
    "disk_format",
    "min_disk",
    "min_ram",
)
_plain = itemgetter(*PLAIN_FIELDS)

FINE = "%Y-%m-%dT%H:%M:%S.%f"


def show_image(image: Image, actor: Actor) -> dict[str, Any]:
    """Return *image*, loaded `with_parts`, as *actor* may see it.

    Custom properties are keys of the same object.
    """
    pk = str(image.pk)
    path = f"/v2/images/{pk}"
    return {
        **readable(image.property_values, actor),
        **dict(zip(PLAIN_FIELDS, _plain(vars(image)), strict=True)),
        **show_stores(image),
        **show_places(image, actor),
        "id": pk,
        "created_at": stamp(image.created_at),
        "updated_at": stamp(image.updated_at),
        "tags": image.tag_names,
        "self": path,
        "file": f"{path}/file",
        "schema": "/v2/schemas/image",
    }


def show_stores(image: Image) -> dict[str, str]:
    """Return `stores`, if any holds the data."""
    names = image.store_names
    return {"stores": ",".join(names)} if names else {}


def show_location(location: Location) -> dict[str, Any]:
    """Return where data lie, with what clients noted of the place and the store's name."""
    return {"url": url_of(location), "metadata": location.metadata | {"store": location.store}}


def show_places(image: Image, actor: Actor) -> dict[str, Any]:
    """Return `locations` and `direct_url` of *image*, if they are to be shown at all.

    To those who may see the image but not where it lies, there is no location.
    """
    if not (settings.SHOW_MULTIPLE_LOCATIONS or settings.SHOW_IMAGE_DIRECT_URL):
        return {}
    may_see = is_allowed(actor, "get_location", image)
    places = [show_location(one) for one in image.active_locations] if may_see else []
    places = [place for place in places if place["url"]]
    shown: dict[str, Any] = {"locations": places} if settings.SHOW_MULTIPLE_LOCATIONS else {}
    if places and settings.SHOW_IMAGE_DIRECT_URL:
        shown["direct_url"] = places[0]["url"]
    return shown


def show_task_stub(task: Task) -> dict[str, Any]:
    """Return *task* as the list of all shows it."""
    shown: dict[str, Any] = {
        "id": str(task.pk),
        "type": task.type,
        "status": task.status,
        "owner": task.owner,
        "created_at": stamp(task.created_at),
        "updated_at": stamp(task.updated_at),
        "self": f"/v2/tasks/{task.pk}",
        "schema": "/v2/schemas/task",
        "image_id": str(task.image_id),
        "request_id": task.request_id,
        "user_id": task.user,
    }
    return shown | ({"expires_at": stamp(task.expires_at)} if task.expires_at else {})


def show_task(task: Task) -> dict[str, Any]:
    """Return *task* with what was asked and what came of it."""
    return show_task_stub(task) | _outcome(task)


def show_task_row(task: Task) -> dict[str, Any]:
    """Return *task* as its image's list shows it; times are written otherwise there."""
    shown = show_task_stub(task)
    del shown["self"], shown["schema"]
    times = {name: getattr(task, name) for name in ("created_at", "updated_at", "expires_at")}
    written = {name: time and time.strftime(FINE) for name, time in times.items()}
    return shown | written | {"deleted_at": None, "deleted": False} | _outcome(task)


def _outcome(task: Task) -> dict[str, Any]:
    asked = {key: value for key, value in task.input.items() if key != "is_service"}
    return {"input": asked, "result": task.result, "message": task.message}


def show_member(member: Member) -> dict[str, Any]:
    """Return *member*, a project with which an image is shared."""
    return {
        "member_id": member.project,
        "image_id": str(member.image_id),
        "status": member.status,
        "created_at": stamp(member.created_at),
        "updated_at": stamp(member.updated_at),
        "schema": "/v2/schemas/member",
    }
