"""The acts of sharing an image with other projects."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from images.actors import Actor
from images.errors import AlreadyMember, BadValue, Forbidden, NotShared, NotVisible
from images.events import record_member
from images.lifecycle.changes import check_count
from images.lifecycle.images import lock
from images.lifecycle.transactions import retried
from images.models import Image, Member
from images.permissions import (
    can_answer,
    demand,
    demand_sight,
    is_allowed,
    permit,
)
from images.states import MemberStatus, Visibility

MAX_PROJECT = 255


@retried
@transaction.atomic
def share_image(image: Image, *, actor: Actor, project: str) -> Member:
    """Share *image* with *project* (its id), whose answer is pending at first.

    Raises `NotShared`, `BadValue`, `AlreadyMember`, `OverLimit`.
    """
    image = lock(image)
    permit(actor, "share", image)
    _demand_shared(image)
    if not 1 <= len(project) <= MAX_PROJECT:
        raise BadValue(f"A member is a project's id of 1 to {MAX_PROJECT} characters.")
    present = [*image.members.values_list("project", flat=True)]
    if project in present:
        raise AlreadyMember(f"Image {image.pk} is shared with {project} already.")
    check_count([*present, project], present, settings.IMAGE_MEMBER_QUOTA, "members")
    member = Member.objects.create(image=image, project=project)
    record_member("image.member.create", member, actor)
    return member


@retried
@transaction.atomic
def answer_share(image: Image, *, actor: Actor, project: str, answer: str) -> Member:
    """Set what *project* says to *image*: only the project itself, or an administrator, may.

    Raises `BadValue`, `NotShared`, `NotVisible`, `Forbidden`.
    """
    if answer not in MemberStatus.values:
        raise BadValue(f"A member's status is one of {', '.join(MemberStatus.values)}.")
    image = lock(image)
    demand_sight(actor, image)
    _demand_shared(image)
    member = find_member(image, actor=actor, project=project)
    if not can_answer(actor, member):
        raise Forbidden("Only the project with which the image is shared can answer.")
    if (was := member.status) != answer:
        member.status, member.updated_at = MemberStatus(answer), timezone.now()
        member.save(update_fields=["status", "updated_at"])
        record_member("image.member.update", member, actor, was=was)
    return member


@retried
@transaction.atomic
def unshare_image(image: Image, *, actor: Actor, project: str) -> None:
    """Take back the share of *project*. Raises `NotShared`, `NotVisible` for no such member."""
    image = lock(image)
    permit(actor, "share", image)
    _demand_shared(image)
    member = find_member(image, actor=actor, project=project)
    record_member("image.member.delete", member, actor, deleted=True, was=member.status)
    member.delete()


def members_for(image: Image, *, actor: Actor) -> QuerySet[Member]:
    """Return the members that *actor* may see: all for the owner, its own row for a member.

    Raises `NotVisible`, `NotShared`, `Forbidden`.
    """
    demand_sight(actor, image)
    _demand_shared(image)
    demand(actor, "list_members", image)
    return _rows(image, actor)


def find_member(image: Image, *, actor: Actor, project: str) -> Member:
    """Return the row of *project* if *actor* may see it, else raise `NotVisible`."""
    demand_sight(actor, image)
    if image.visibility == Visibility.SHARED and is_allowed(actor, "list_members", image):
        for member in _rows(image, actor).filter(project=project):
            return member
    raise NotVisible(f"{project} is not a member of image {image.pk}.")


def _rows(image: Image, actor: Actor) -> QuerySet[Member]:
    rows = image.members.order_by("pk")
    return (
        rows if is_allowed(actor, "list_all_members", image) else rows.filter(project=actor.project)
    )


def _demand_shared(image: Image) -> None:
    if image.visibility != Visibility.SHARED:
        raise NotShared("Only shared images have members.")
