"""Who may do what to an image: pure predicates, one table of them, and `permit`.

The default rules are the Image API's (reader ⊂ member ⊂ manager in the owner's project, the
cloud's `admin` everywhere); guardian's grants on one image add what the API lacks.
"""

from __future__ import annotations

from collections.abc import Callable

from images.actors import MEMBER, READER, SERVICE, Actor
from images.errors import Forbidden, NotVisible
from images.models import Image, Member
from images.models.permission import granted_on
from images.states import Status, Visibility

Predicate = Callable[[Actor, Image], bool]


def is_admin(actor: Actor, image: Image) -> bool:
    """Is this the cloud's administrator?"""
    return actor.is_admin


def is_own(actor: Actor, image: Image) -> bool:
    """Does the image belong to the project in which *actor* acts?"""
    return actor.project is not None and image.owner == actor.project


def is_member_project(actor: Actor, image: Image) -> bool:
    """Is the image shared with the project in which *actor* acts?"""
    if image.visibility != Visibility.SHARED or actor.project is None:
        return False
    return Member.objects.filter(image=image, project=actor.project).exists()


def is_shown(actor: Actor, image: Image) -> bool:
    """Do owner, visibility or membership show the image to the project in which *actor* acts?"""
    return (
        is_own(actor, image)
        or image.visibility in {Visibility.PUBLIC, Visibility.COMMUNITY}
        or (image.owner is None and image.visibility != Visibility.PRIVATE)
        or is_member_project(actor, image)
    )


def has_grant(actor: Actor, image: Image, codename: str) -> bool:
    """Was *codename* on this image granted to the user or one of its groups?"""
    return Image.objects.filter(granted_on(actor, codename), pk=image.pk).exists()


def can_see(actor: Actor, image: Image) -> bool:
    """Agree, for one image, with `Image.objects.visible_to`."""
    if image.status == Status.DELETED:
        return False
    if actor.is_admin:
        return True
    return actor.has_role(READER) and (
        is_shown(actor, image) or has_grant(actor, image, "view_image")
    )


def can_own(actor: Actor, image: Image) -> bool:
    """May *actor* put an image with this owner into the world?"""
    return actor.is_admin or (is_own(actor, image) and actor.has_role(MEMBER))


def can_download(actor: Actor, image: Image) -> bool:
    """May *actor* read the data? Readers may not (policy `download_image`); a grant may."""
    if actor.is_admin:
        return True
    if image.status == Status.DEACTIVATED:
        return False
    if actor.has_role(MEMBER) and is_shown(actor, image):
        return True
    return has_grant(actor, image, "download_image")


def can_list_members(actor: Actor, image: Image) -> bool:
    """May *actor* see with whom the image is shared? A member project sees its own row alone."""
    return can_list_all_members(actor, image) or is_member_project(actor, image)


def can_list_all_members(actor: Actor, image: Image) -> bool:
    """May *actor* see every row: the owner's readers, and whoever may share the image?"""
    return actor.is_admin or is_own(actor, image) or has_grant(actor, image, "share_image")


def _owner_or(codename: str) -> Predicate:
    """Return the rule "administrator, member of the owner's project, or a grant of *codename*"."""

    def allowed(actor: Actor, image: Image) -> bool:
        return can_own(actor, image) or has_grant(actor, image, codename)

    return allowed


def is_service_or_admin(actor: Actor, image: Image) -> bool:
    """Is this another service of the cloud, or the administrator?"""
    return actor.is_service or actor.is_admin


def can_add_location(actor: Actor, image: Image) -> bool:
    """May *actor* say where the data lie? A service itself may, not all for whom it asks."""
    is_itself = actor.has_role(SERVICE)
    return is_itself or can_own(actor, image) or has_grant(actor, image, "change_image")


def can_get_location(actor: Actor, image: Image) -> bool:
    """May *actor* see in the image where its data lie?"""
    return actor.is_admin or is_own(actor, image)


ACTIONS: dict[str, Predicate] = {
    "create": can_own,
    "publicize": is_admin,
    "communitize": can_own,
    "give_away": is_admin,
    "modify": _owner_or("change_image"),
    "delete": _owner_or("delete_image"),
    "upload": _owner_or("change_image"),
    "download": can_download,
    "deactivate": _owner_or("change_image"),
    "reactivate": _owner_or("change_image"),
    "list_members": can_list_members,
    "share": _owner_or("share_image"),
    "get_location": can_get_location,
    "set_location": _owner_or("change_image"),
    "delete_location": is_admin,
    "add_location": can_add_location,
    "fetch_locations": is_service_or_admin,
}


def may(actor: Actor, action: str, image: Image) -> bool:
    """Tell whether *actor* sees *image* and may do *action* (a key of `ACTIONS`)."""
    return can_see(actor, image) and ACTIONS[action](actor, image)


def demand(actor: Actor, action: str, image: Image) -> None:
    """Raise `Forbidden` unless *actor* may do *action*; for an image that is seen, or not yet."""
    if not ACTIONS[action](actor, image):
        raise Forbidden(f"You are not permitted to {action.replace('_', ' ')} this image.")


def demand_sight(actor: Actor, image: Image) -> None:
    """Raise `NotVisible` for an image that *actor* may not know of."""
    if not can_see(actor, image):
        raise NotVisible(f"No image found with ID {image.pk}.")


def permit(actor: Actor, action: str, image: Image) -> None:
    """Raise `NotVisible` for an image that *actor* may not know of, `Forbidden` for the rest."""
    demand_sight(actor, image)
    demand(actor, action, image)


def can_answer(actor: Actor, member: Member) -> bool:
    """May *actor* accept or reject for the member project?"""
    return actor.is_admin or (actor.project == member.project and actor.has_role(MEMBER))


def demand_store_details(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may know how stores are set up: admins and services."""
    if not (actor.is_admin or actor.has_role(SERVICE)):
        raise Forbidden("You are not permitted to see how stores are set up.")


def demand_tasks(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may see the tasks of all: administrators."""
    if not actor.is_admin:
        raise Forbidden("You are not permitted to see tasks.")


def demand_listing(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may list images: a reader in some project, or an admin."""
    if not actor.has_role(READER):
        raise Forbidden("You are not permitted to list images: a role in a project is needed.")
