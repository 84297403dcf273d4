"""The acts of inviting: a project's managers hold out a role, the invited take it or do not."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from images.actors import NOBODY, Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import (
    AlreadyThere,
    BadField,
    BadValue,
    NotPermitted,
    TooManyInvitations,
    Unknown,
)
from portal.identity.events import record_invitation
from portal.identity.models import Invitation, Membership, Project, User
from portal.identity.models.invitation import Answer
from portal.identity.people import put_into, register_user
from portal.identity.permissions import demand_manager, demand_operator, demand_ours
from portal.identity.post import post
from portal.identity.roles import Role

MOST_IN_A_DAY = 100  # of one project: its managers send no mail to all the world


@retried
@transaction.atomic
def invite_user(user: User, *, project: Project, role: str, actor: Actor) -> Invitation:
    """Ask *user* into *project*; if a mail address is known, by mail too."""
    inviter = _inviter(project, role, actor)
    if Membership.objects.filter(user=user, project=project).exists():
        raise AlreadyThere(f"{user} is in {project} already; change the role there.")
    invitation = Invitation(project=project, user=user, role=role, invited_by_id=inviter)
    _keep(invitation, actor)
    return invitation


@retried
@transaction.atomic
def invite_by_mail(email: str, *, project: Project, role: str, actor: Actor) -> Invitation:
    """Send a mail whose reader may enter *project*, with an account or by making one.

    Whether the address is that of a user is told to nobody.
    """
    inviter = _inviter(project, role, actor)
    _demand_address(email)
    invitation = Invitation(project=project, email=email, role=role, invited_by_id=inviter)
    _keep(invitation, actor)
    return invitation


@retried
@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> None:
    """Take *invitation* back; one that was answered stays as it is."""
    demand_manager(actor, invitation.project)
    _claim(invitation, Answer.WITHDRAWN)
    record_invitation("withdraw", invitation, actor)


@retried
@transaction.atomic
def note_unsent(pk: str) -> None:
    """Write down that the mail of the invitation *pk* was given up, if anybody still waits."""
    invitation = Invitation.objects.waiting().filter(pk=pk).select_for_update().first()
    if invitation:
        invitation.unsent_at = timezone.now()
        invitation.save(update_fields=["unsent_at"])
        record_invitation("unsent", invitation, NOBODY)


@retried
@transaction.atomic
def send_again(invitation: Invitation, *, actor: Actor) -> None:
    """Try the mail of *invitation* anew, once it was given up; it ends when it would have ended."""
    demand_manager(actor, invitation.project)
    unsent = Invitation.objects.waiting().filter(pk=invitation.pk, unsent_at__isnull=False)
    if not unsent.update(unsent_at=None):
        raise Unknown("This invitation was answered, or its mail is on its way.")
    record_invitation("send_again", invitation, actor)
    _send(invitation)


@retried
@transaction.atomic
def accept_invitation(invitation: Invitation, *, user: User, actor: Actor) -> Membership:
    """Put *user* into the project; who is there already keeps the role of there.

    Raises `Unknown` for an invitation that holds no more, or is another's.
    """
    _demand_open(invitation, user)
    _claim(invitation, Answer.ACCEPTED)
    record_invitation("accept", invitation, actor, of_user=user.public_id)
    present = Membership.objects.filter(user=user, project=invitation.project).first()
    return present or put_into(invitation.project, user, role=invitation.role, actor=actor)


@retried
@transaction.atomic
def accept_as_new(
    invitation: Invitation, *, username: str, password: str
) -> tuple[User, Membership]:
    """Make the account of somebody who came by mail, and put it into the project."""
    _demand_open(invitation, None)
    newcomer = Actor()
    user = register_user(username, password=password, email=invitation.email, actor=newcomer)
    actor = Actor(user=user.public_id, user_key=user.pk)
    return user, accept_invitation(invitation, user=user, actor=actor)


@retried
@transaction.atomic
def decline_invitation(invitation: Invitation, *, user: User | None, actor: Actor) -> None:
    """Say no; the project's managers see it."""
    _demand_open(invitation, user)
    _claim(invitation, Answer.DECLINED)
    record_invitation("decline", invitation, actor)


def find_invitation(secret: str) -> Invitation | None:
    """Return the invitation that the *secret* of a mail opens still; nothing is used up."""
    found = Invitation.objects.open().opened_by(secret)
    return found.select_related("project", "invited_by").first()


def invitations_for(user: User) -> list[Invitation]:
    """Return what waits for the answer of *user*."""
    return list(Invitation.objects.open().filter(user=user).select_related("project", "invited_by"))


@retried
@transaction.atomic
def clear_invitations() -> None:
    """Delete invitations that are older than their lifetime; the unanswered have expired."""
    over = Invitation.objects.expired()
    for invitation in over.filter(answer=Answer.WAITING).select_related("project", "user"):
        record_invitation("expire", invitation, Actor())
    over.delete()


def _inviter(project: Project, role: str, actor: Actor) -> int:
    """Return the key of *actor*, who may give *role* in *project*, if not too often."""
    demand_manager(actor, project)
    demand_ours(project)
    if actor.user_key is None:  # who has a shell gives the role itself
        raise NotPermitted
    if role not in Role.values:
        raise BadValue(f"A role is one of {', '.join(Role.values)}.")
    if role == Role.SERVICE:
        demand_operator(actor)
    since = timezone.now() - timedelta(days=1)
    if project.invitations.filter(created_at__gt=since).count() >= MOST_IN_A_DAY:
        raise TooManyInvitations(f"A project invites {MOST_IN_A_DAY} people a day at most.")
    return actor.user_key


def _demand_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise BadField(wrong) from wrong


def _keep(invitation: Invitation, actor: Actor) -> None:
    """Write *invitation* down; one that has run out makes room for it."""
    same = Invitation.objects.expired().filter(project=invitation.project)
    same.filter(user=invitation.user, email__iexact=invitation.email).delete()
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as waiting:
        raise AlreadyThere(f"{invitation.invited} was invited already.") from waiting
    record_invitation("create", invitation, actor)
    _send(invitation)


def _send(invitation: Invitation) -> None:
    post("portal.identity.mails.send_invitation", invitation.pk)


def _demand_open(invitation: Invitation, user: User | None) -> None:
    """Raise `Unknown` unless *invitation* still holds, for *user* or for whoever has its mail."""
    is_open = Invitation.objects.open().filter(pk=invitation.pk).exists()
    if not is_open or (invitation.user_id and invitation.user_id != getattr(user, "pk", None)):
        raise Unknown("This invitation was answered or withdrawn, or has expired.")


def _claim(invitation: Invitation, answer: Answer) -> None:
    """Set the answer, if nobody else did: of two at the same time one moves the row."""
    waiting = Invitation.objects.filter(pk=invitation.pk, answer=Answer.WAITING)
    if not waiting.update(answer=answer):
        raise Unknown("This invitation was answered or withdrawn, or has expired.")
    invitation.answer = answer
