"""Who may do what to an image: conditions, one table of rules made of them, and `permit`.

The default rules are the Image API's (reader ⊂ member ⊂ manager in the owner's project, the
cloud's `admin` everywhere); guardian's grants on one image add what the API lacks. An operator's
file (`VITRINE_RULES_FILE`) may put another rule in the place of any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from uuid import UUID

from django.conf import settings

from images.actors import ALL, MANAGER, MEMBER, READER, SERVICE, Actor
from images.errors import BadRules, Forbidden, NotVisible
from images.models import Image, Member
from images.models.permission import codenames_held
from images.rules import Condition, Rule, read_texts, rule
from images.scopes import demand_scope, is_in_scope
from images.states import Status, Visibility

GRANTS = ("view", "download", "change", "delete", "share")


def is_own(actor: Actor, image: Image) -> bool:
    """Does the image belong to the project in which *actor* acts?"""
    return actor.project is not None and image.owner == actor.project


def is_member_project(actor: Actor, image: Image) -> bool:
    """Is the image shared with the project in which *actor* acts?

    Of a private image it is asked, too: else the time that takes would tell one from the other.
    """
    if actor.project is None:
        return False
    is_member = Member.objects.filter(image=image, project=actor.project).exists()
    return is_member and image.visibility == Visibility.SHARED


def is_shown(actor: Actor, image: Image) -> bool:
    """Do owner, visibility or membership show the image to the project in which *actor* acts?"""
    return (
        is_own(actor, image)
        or image.visibility in {Visibility.PUBLIC, Visibility.COMMUNITY}
        or (image.owner is None and image.visibility != Visibility.PRIVATE)
        or is_member_project(actor, image)
    )


def has_grant(actor: Actor, image: Image, codename: str) -> bool:
    """Is a grant of *codename* to the user or one of its groups in force? None is for auditors."""
    return not actor.is_auditor and codename in codenames_held(actor, image.pk)


ABOUT_ACTOR: dict[str, Condition[object]] = {
    "nobody": lambda actor, subject: False,
    "admin": lambda actor, subject: actor.is_admin,
    "auditor": lambda actor, subject: actor.is_auditor,
    "manager": lambda actor, subject: actor.has_role(MANAGER),
    "member": lambda actor, subject: actor.has_role(MEMBER),
    "reader": lambda actor, subject: actor.has_role(READER),
    "service": lambda actor, subject: actor.has_role(SERVICE),
    "vouched": lambda actor, subject: actor.is_service,
}
"""Conditions on who asks; `vouched`: a service, or somebody for whom one asks."""

CONDITIONS: dict[str, Condition[Image]] = {
    **ABOUT_ACTOR,
    "own": is_own,
    "shared": is_member_project,
    "shown": is_shown,
    "deactivated": lambda actor, image: image.status == Status.DEACTIVATED,
    **{f"granted:{name}": partial(has_grant, codename=f"{name}_image") for name in GRANTS},
}
"""Conditions on who asks for an image, and on the image."""

SIGHT = rule("admin or auditor or reader and shown or reader and granted:view", CONDITIONS)
"""Who sees an image; no file changes it, since it says the same as the queries of lists."""

SIGHT_IN_TRASH = rule("admin or auditor or own and reader or reader and granted:delete", CONDITIONS)
"""Who sees what lies in the trash; the same as `Trashed.objects.visible_to`, and in no file."""

ACTIONS: dict[str, Rule[Image]] = {
    action: rule(text, CONDITIONS)
    for action, text in {
        "create": "admin or own and member",
        "publicize": "admin",
        "communitize": "admin or own and member",
        "give_away": "admin",
        "modify": "admin or own and member or granted:change",
        "delete": "admin or own and member or granted:delete",
        "upload": "admin or own and member or granted:change",
        "download": "admin or not deactivated and member and shown"
        " or not deactivated and granted:download",
        "deactivate": "admin or own and member or granted:change",
        "reactivate": "admin or own and member or granted:change",
        "verify": "admin or own and member or granted:change",
        "list_members": "admin or auditor or own or shared or granted:share",
        "list_all_members": "admin or auditor or own or granted:share",
        "share": "admin or own and member or granted:share",
        "get_location": "admin or auditor or own",
        "set_location": "admin or own and member or granted:change",
        "delete_location": "admin",
        "add_location": "service or admin or own and member or granted:change",
        "fetch_locations": "admin or vouched",
    }.items()
}

ACTIONS_WITHOUT_IMAGE: dict[str, Rule[object]] = {
    action: rule(text, ABOUT_ACTOR)
    for action, text in {
        "list_images": "reader",
        "list_tasks": "admin or auditor",
        "show_store_details": "admin or auditor or service",
    }.items()
}


@cache
def read_rules(path: str) -> tuple[Mapping[str, Rule[Image]], Mapping[str, Rule[object]]]:
    """Return both tables with the rules of the file *path* (none: "") in the place of defaults.

    Raises `BadRules`, with one sentence for the operator.
    """
    images, others = dict(ACTIONS), dict(ACTIONS_WITHOUT_IMAGE)
    for action, text in (read_texts(path) if path else {}).items():
        try:
            if action in images:
                images[action] = rule(text, CONDITIONS)
            else:
                others[action] = _other(action, text)
        except BadRules as trouble:
            raise BadRules(f"The rules file {path}: {action}: {trouble}") from None
    return images, others


def _other(action: str, text: str) -> Rule[object]:
    if action not in ACTIONS_WITHOUT_IMAGE:
        known = ", ".join([*ACTIONS, *ACTIONS_WITHOUT_IMAGE])
        raise BadRules(f"there is no such action; known are {known}.")
    return rule(text, ABOUT_ACTOR)


ABSENT = Image.without_parts(id=UUID(int=0), owner="", visibility=Visibility.PRIVATE)
"""An image that nobody has, is a member of, or was granted."""


def can_see(actor: Actor, image: Image) -> bool:
    """Agree, for one image, with `Image.objects.visible_to`."""
    return image.status != Status.DELETED and SIGHT.allows(actor, image)


def is_allowed(actor: Actor, action: str, image: Image) -> bool:
    """Tell whether the rule in force for *action* and the token's scope allow it, seen or not."""
    rules, _ = read_rules(settings.RULES_FILE)
    return is_in_scope(actor, action, image) and rules[action].allows(actor, image)


def may(actor: Actor, action: str, image: Image) -> bool:
    """Tell whether *actor* sees *image* and may do *action* (a key of `ACTIONS`)."""
    return can_see(actor, image) and is_allowed(actor, action, image)


def demand(actor: Actor, action: str, image: Image) -> None:
    """Raise `Forbidden` unless *actor* may do *action*; for an image that is seen, or not yet."""
    demand_scope(actor, action, image)
    if not is_allowed(actor, action, image):
        raise Forbidden(f"You are not permitted to {action.replace('_', ' ')} this image.")


def demand_sight(actor: Actor, image: Image) -> None:
    """Raise `NotVisible` for an image that *actor* may not know of."""
    if not can_see(actor, image):
        raise NotVisible(f"No image found with ID {image.pk}.")


def seen(find: Callable[[str], Image], pk: str, actor: Actor) -> Image:
    """Return the image that *find* has under *pk*, or raise `NotVisible` if *actor* sees none.

    About one that is not there the same is asked as about one that is hidden, so that the time
    which the answer takes does not tell which it is.
    """
    try:
        image = find(pk)
    except NotVisible:
        can_see(actor, ABSENT)
        raise
    demand_sight(actor, image)  # for most images the row says it, and nothing is asked
    return image


def can_see_in_trash(actor: Actor, image: Image) -> bool:
    """Agree, for one image that lies in the trash, with `Trashed.objects.visible_to`."""
    return SIGHT_IN_TRASH.allows(actor, image)


def demand_in_trash(actor: Actor, image: Image) -> None:
    """Raise `NotVisible` for an image in the trash that *actor* may not know of."""
    if not can_see_in_trash(actor, image):
        raise NotVisible(f"No image found with ID {image.pk} in the trash.")


def permit_in_trash(actor: Actor, image: Image) -> None:
    """Raise `NotVisible` or `Forbidden` unless *actor* may restore or purge *image*.

    Whoever may delete it may do both.
    """
    demand_in_trash(actor, image)
    demand(actor, "delete", image)


def permit(actor: Actor, action: str, image: Image) -> None:
    """Raise `NotVisible` for an image that *actor* may not know of, `Forbidden` for the rest."""
    demand_sight(actor, image)
    demand(actor, action, image)


def can_answer(actor: Actor, member: Member) -> bool:
    """May *actor* accept or reject for the member project?"""
    is_its_member = actor.project == member.project and actor.has_role(MEMBER)
    return actor.scope == ALL and (actor.is_admin or is_its_member)


def demand_ask(actor: Actor, action: str, *, why: str) -> None:
    """Raise `Forbidden`, which tells *why*, unless *actor* may do what concerns no single image.

    *action* is a key of `ACTIONS_WITHOUT_IMAGE`.
    """
    _, rules = read_rules(settings.RULES_FILE)
    if not rules[action].allows(actor, None):
        raise Forbidden(why)


def demand_store_details(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may know how stores are set up."""
    why = "You are not permitted to see how stores are set up."
    demand_ask(actor, "show_store_details", why=why)


def demand_tasks(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may see the tasks of all."""
    demand_ask(actor, "list_tasks", why="You are not permitted to see tasks.")


def may_create(actor: Actor) -> bool:
    """Tell whether *actor* may make images in its project."""
    return is_allowed(actor, "create", Image(owner=actor.project))


def demand_listing(actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may list images: a reader in some project, or an admin."""
    why = "You are not permitted to list images: a role in a project is needed."
    demand_ask(actor, "list_images", why=why)
