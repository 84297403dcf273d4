"""The acts of sharing an image with other projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from images.errors import AlreadyMember, BadValue, Forbidden, NotShared, NotVisible, OverLimit
from images.events import record
from images.lifecycle.images import lock
from images.models import Member
from images.permissions import can_answer, can_see, is_own, permit
from images.states import MemberStatus, Visibility

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from images.actors import Actor
    from images.models import Image

MAX_PROJECT = 255


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
    if image.members.filter(project=project).exists():
        raise AlreadyMember(f"Image {image.pk} is shared with {project} already.")
    if image.members.count() >= settings.IMAGE_MEMBER_QUOTA:
        raise OverLimit(f"An image may have {settings.IMAGE_MEMBER_QUOTA} members.")
    member = Member.objects.create(image=image, project=project)
    record("image.member.create", image, actor, member=project, answer=member.status)
    return member


@transaction.atomic
def answer_share(image: Image, *, actor: Actor, project: str, answer: str) -> Member:
    """Set what *project* says to *image*: only the project itself, or an administrator, may.

    Raises `BadValue`, `NotShared`, `NotVisible`, `Forbidden`.
    """
    if answer not in MemberStatus.values:
        raise BadValue(f"A member's status is one of {', '.join(MemberStatus.values)}.")
    image = lock(image)
    if not can_see(actor, image):
        raise NotVisible(f"No image found with ID {image.pk}.")
    _demand_shared(image)
    member = find_member(image, actor=actor, project=project)
    if not can_answer(actor, member):
        raise Forbidden("Only the project with which the image is shared can answer.")
    if member.status != answer:
        member.status, member.updated_at = MemberStatus(answer), timezone.now()
        member.save(update_fields=["status", "updated_at"])
        record("image.member.update", image, actor, member=project, answer=answer)
    return member


@transaction.atomic
def unshare_image(image: Image, *, actor: Actor, project: str) -> None:
    """Take back the share of *project*. Raises `NotShared`, `NotVisible` for no such member."""
    image = lock(image)
    permit(actor, "share", image)
    _demand_shared(image)
    member = find_member(image, actor=actor, project=project)
    member.delete()
    record("image.member.delete", image, actor, member=project)


def members_for(image: Image, *, actor: Actor) -> QuerySet[Member]:
    """Return the members that *actor* may see: all for the owner, its own row for a member.

    Raises `NotVisible`, `NotShared`.
    """
    if not can_see(actor, image):
        raise NotVisible(f"No image found with ID {image.pk}.")
    _demand_shared(image)
    permit(actor, "list_members", image)
    members = image.members.order_by("pk")
    if actor.is_admin or is_own(actor, image):
        return members
    return members.filter(project=actor.project)


def find_member(image: Image, *, actor: Actor, project: str) -> Member:
    """Return the row of *project* if *actor* may see it, else raise `NotVisible`."""
    try:
        return members_for(image, actor=actor).get(project=project)
    except Member.DoesNotExist:
        raise NotVisible(f"{project} is not a member of image {image.pk}.") from None


def _demand_shared(image: Image) -> None:
    if image.visibility != Visibility.SHARED:
        raise NotShared("Only shared images have members.")
