"""The tabs of an image's page: each with an address of its own, and only what it shows is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from images.lifecycle.members import members_for
from images.permissions import can_answer, may
from images.properties import readable
from images.states import Visibility
from portal.events.activity import image_activity
from portal.image.definitions import definitions_for
from portal.image.downloads import file_name
from portal.image.snippets import check_snippet, image_snippets
from portal.image.verification import check_of
from portal.lists.rows import MOVING, arrivals_of
from portal.names import project_names
from portal.sharing.granted import shown_grants

if TYPE_CHECKING:
    from images.actors import Actor
    from images.models import Image, Member

Shown = dict[str, Any]
OVERVIEW = "overview"


def overview(image: Image, actor: Actor) -> Shown:
    """Return the facts, how its data were checked, and how to check what one downloads."""
    check = check_of(image) if image.os_hash_value else None
    arrival = arrivals_of([image]).get(image.pk) if image.status in MOVING else None
    name = file_name(image)
    return {
        "names": project_names([image.owner]),
        "check": check,
        "arrival": arrival,
        "is_moving": image.status in MOVING or bool(check and check.is_moving),
        "to_compare": check_snippet(image, file_name=name) if image.os_hash_value else None,
    }


def properties(image: Image, actor: Actor) -> Shown:
    """Return the properties that *actor* may read, with what is defined of them."""
    shown = readable(image.property_values, actor)
    known = definitions_for(actor) if shown else {}
    return {"properties": [(name, value, known.get(name)) for name, value in shown.items()]}


def sharing(image: Image, actor: Actor) -> Shown:
    """Return with whom it is shared and who was granted what, as far as *actor* may see that."""
    members = visible_members(image, actor)
    return {
        "members": members,
        "grants": shown_grants(image, actor),
        "names": project_names(one.project for one in members),
        "to_answer": share_to_answer(members, actor),
    }


def activity(image: Image, actor: Actor) -> Shown:
    """Return what happened to it last; None for who may read nothing of it."""
    return {"activity": image_activity(image, actor)}


def use(image: Image, actor: Actor) -> Shown:
    """Return commands, filled in."""
    can_share = may(actor, "share", image)
    name = file_name(image)
    return {"snippets": list(image_snippets(image, file_name=name, can_share=can_share))}


TABS = {
    OVERVIEW: (_("Overview"), overview),
    "properties": (_("Properties"), properties),
    "sharing": (_("Sharing"), sharing),
    "activity": (_("Activity"), activity),
    "use": (_("Use it"), use),
}
"""In their order: what each is called, and what it shows."""


def visible_members(image: Image, actor: Actor) -> list[Member]:
    """Return the shares that *actor* may see; none of an image that is not shared."""
    if image.visibility != Visibility.SHARED or not may(actor, "list_members", image):
        return []
    return list(members_for(image, actor=actor))


def share_to_answer(members: list[Member], actor: Actor) -> Member | None:
    """Return the one of *members* that *actor* can accept or reject for its own project."""
    own = (one for one in members if one.project == actor.project)
    return next((one for one in own if can_answer(actor, one)), None)
