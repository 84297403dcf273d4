from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone

from images.actors import Actor
from images.models import Event
from portal.identity import invitations, people
from portal.identity.actors import OPERATOR
from portal.identity.errors import (
    AlreadyThere,
    BadValue,
    NameTaken,
    NotPermitted,
    TooManyInvitations,
    Unknown,
)
from portal.identity.expiry import clear_expired
from portal.identity.models import Invitation, Membership, Project, User
from portal.identity.models.invitation import Answer
from tests.portal.identity.conftest import PASSWORD, Work, acting


@pytest.fixture
def manager(bob: User, elsewhere: Project) -> Actor:
    """Return who manages elsewhere."""
    return acting(bob, elsewhere)


@pytest.fixture
def invited(alice: User, elsewhere: Project, manager: Actor) -> Invitation:
    """Return the invitation of Alice to elsewhere."""
    return invitations.invite_user(alice, project=elsewhere, role="member", actor=manager)


@pytest.fixture
def by_mail(elsewhere: Project, manager: Actor, work: Work) -> tuple[str, EmailMessage]:
    """Return the secret of an invitation by mail, and the mail."""
    invitations.invite_by_mail("eve@example.org", project=elsewhere, role="reader", actor=manager)
    work()
    (letter,) = mail.outbox
    address = next(line for line in str(letter.body).splitlines() if "/invitations/" in line)
    return address.rpartition("/")[2], letter


def answer(who: User) -> dict[str, Any]:
    """Return what answers as *who*."""
    return {"user": who, "actor": Actor(user=who.public_id, user_key=who.pk)}


def kinds() -> list[str]:
    """Return what was told of invitations and memberships of elsewhere since Bob came."""
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))[-2:]


def test_accepted_invitation_gives_the_role_and_tells(
    invited: Invitation, alice: User, elsewhere: Project
) -> None:
    invitations.accept_invitation(invited, **answer(alice))

    assert Membership.objects.get(user=alice, project=elsewhere).role == "member"
    assert kinds() == ["identity.invitation.accept", "identity.membership.create"]
    assert Event.objects.latest("pk").after == {"role": "member"}


def test_declined_invitation_gives_nothing(
    invited: Invitation, alice: User, elsewhere: Project
) -> None:
    invitations.decline_invitation(invited, **answer(alice))

    assert not Membership.objects.filter(user=alice, project=elsewhere).exists()
    assert kinds()[-1] == "identity.invitation.decline"


def withdraw(invited: Invitation) -> None:
    invitations.withdraw_invitation(invited, actor=OPERATOR)


def expire(invited: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now())


def suspend_project(invited: Invitation) -> None:
    people.suspend_project(invited.project, actor=OPERATOR)


def suspend_inviter(invited: Invitation) -> None:
    people.suspend_user(invited.invited_by, actor=OPERATOR)


def demote_inviter(invited: Invitation) -> None:
    user, project = invited.invited_by, invited.project
    people.give_role(user, project=project, role="member", actor=OPERATOR)


def decline(invited: Invitation) -> None:
    assert invited.user is not None
    invitations.decline_invitation(invited, **answer(invited.user))


@pytest.mark.parametrize(
    "end", [withdraw, expire, suspend_project, suspend_inviter, demote_inviter, decline]
)
def test_what_holds_no_more_is_not_accepted(
    invited: Invitation, alice: User, end: Callable[[Invitation], None]
) -> None:
    assert invitations.invitations_for(alice) == [invited]

    end(invited)

    assert invitations.invitations_for(alice) == []
    with pytest.raises(Unknown):
        invitations.accept_invitation(invited, **answer(alice))


def test_one_cannot_accept_for_another(invited: Invitation, root: User) -> None:
    for act in (invitations.accept_invitation, invitations.decline_invitation):
        with pytest.raises(Unknown):
            act(invited, **answer(root))


def test_an_invitation_is_answered_once(invited: Invitation, alice: User) -> None:
    stale = Invitation.objects.get(pk=invited.pk)
    invitations.accept_invitation(invited, **answer(alice))

    with pytest.raises(Unknown):
        invitations.decline_invitation(stale, **answer(alice))


def test_who_is_in_keeps_the_higher_role(
    invited: Invitation, alice: User, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="manager", actor=OPERATOR)

    invitations.accept_invitation(invited, **answer(alice))

    assert Membership.objects.get(user=alice, project=elsewhere).role == "manager"


def test_only_who_manages_invites(alice: User, bob: User, demo: Project) -> None:
    for actor in (acting(alice, demo), Actor(user="x", user_key=bob.pk, project=demo.pk)):
        with pytest.raises(NotPermitted):
            invitations.invite_user(bob, project=demo, role="reader", actor=actor)


def test_nobody_gives_a_role_above_the_own(alice: User, elsewhere: Project, manager: Actor) -> None:
    for role, refusal in (("service", NotPermitted), ("admin", BadValue), ("", BadValue)):
        with pytest.raises(refusal):
            invitations.invite_user(alice, project=elsewhere, role=role, actor=manager)


def test_invited_twice_or_there_already_is_told(
    invited: Invitation, alice: User, bob: User, elsewhere: Project, manager: Actor
) -> None:
    for user in (alice, bob):
        with pytest.raises(AlreadyThere):
            invitations.invite_user(user, project=elsewhere, role="reader", actor=manager)


def test_an_expired_one_makes_room_for_another(
    invited: Invitation, alice: User, elsewhere: Project, manager: Actor
) -> None:
    expire(invited)

    again = invitations.invite_user(alice, project=elsewhere, role="reader", actor=manager)

    assert list(Invitation.objects.all()) == [again]


def test_invitations_of_a_day_are_limited(elsewhere: Project, manager: Actor, bob: User) -> None:
    Invitation.objects.bulk_create(
        Invitation(project=elsewhere, email=f"{n}@a.org", role="reader", invited_by=bob)
        for n in range(100)
    )

    with pytest.raises(TooManyInvitations):
        invitations.invite_by_mail("x@a.org", project=elsewhere, role="reader", actor=manager)


def test_mail_invites_with_a_secret_of_which_a_hash_is_kept(
    by_mail: tuple[str, EmailMessage],
) -> None:
    secret, letter = by_mail

    found = invitations.find_invitation(secret)

    assert (letter.to, letter.subject) == (
        ["eve@example.org"],
        "Invitation to the project elsewhere",
    )
    assert f"http://127.0.0.1:8000/invitations/{secret}" in letter.body
    assert found is not None
    assert secret not in str(vars(found)) + str(list(Event.objects.values()))


def test_newcomer_makes_an_account(by_mail: tuple[str, EmailMessage]) -> None:
    found = invitations.find_invitation(by_mail[0])
    assert found is not None

    user, membership = invitations.accept_as_new(found, username="eve", password=PASSWORD)

    assert (user.email, membership.role) == ("eve@example.org", "reader")
    assert user.default_project == found.project
    assert invitations.find_invitation(by_mail[0]) is None


@pytest.mark.parametrize(
    ("name", "password", "refusal"),
    [("eve", "12345678", BadValue), ("e v", PASSWORD, BadValue), ("BOB", PASSWORD, NameTaken)],
)
def test_refused_account_uses_nothing_up(
    by_mail: tuple[str, EmailMessage], name: str, password: str, refusal: type[Exception]
) -> None:
    found = invitations.find_invitation(by_mail[0])
    assert found is not None

    with pytest.raises(refusal):
        invitations.accept_as_new(found, username=name, password=password)

    assert invitations.find_invitation(by_mail[0]) == found
    assert not User.objects.filter(username="eve").exists()


@pytest.mark.parametrize("address", ["", "eve", "eve@example.org\nBcc: all@example.org", "a b@c.d"])
def test_what_is_no_address_is_refused(elsewhere: Project, manager: Actor, address: str) -> None:
    with pytest.raises(BadValue):
        invitations.invite_by_mail(address, project=elsewhere, role="reader", actor=manager)


def test_withdrawn_before_it_was_sent_is_not_sent(
    elsewhere: Project, manager: Actor, work: Work
) -> None:
    invitation = invitations.invite_by_mail(
        "eve@example.org", project=elsewhere, role="reader", actor=manager
    )
    withdraw(invitation)

    work()

    assert mail.outbox == []


def test_known_user_with_an_address_is_told_in_the_own_language(
    alice: User, elsewhere: Project, manager: Actor, work: Work
) -> None:
    User.objects.filter(pk=alice.pk).update(email="a@example.org", language="zh-hans")
    invitations.invite_user(alice, project=elsewhere, role="member", actor=manager)

    work()

    (letter,) = mail.outbox
    assert letter.subject == "邀请您加入项目 elsewhere"
    assert "http://127.0.0.1:8000/invitations\n" in letter.body


def test_expired_ones_are_cleared_and_told(invited: Invitation) -> None:
    expire(invited)

    clear_expired()

    assert not Invitation.objects.exists()
    assert kinds()[-1] == "identity.invitation.expire"


@pytest.mark.parametrize(
    "fields", [{}, {"email": "a@b.org"}, {"answer": "declined", "role": "admin"}, {"user": None}]
)
def test_the_database_holds_one_way_and_one_waiting(
    invited: Invitation, fields: dict[str, Any]
) -> None:
    same = {"project": invited.project, "user": invited.user, "invited_by": invited.invited_by}

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(**same | {"role": "reader"} | fields)


def test_invitations_end_after_two_weeks(invited: Invitation) -> None:
    assert invited.expires_at - invited.created_at >= timedelta(days=13, hours=23)
    assert invited.answer == Answer.WAITING
