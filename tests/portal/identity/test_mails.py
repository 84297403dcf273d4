"""A mail server that is away: no page waits for it or fails, and no mail is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from images.actors import Actor
from images.models import Event
from portal.identity import invitations
from portal.identity.ends import warn_of_ends
from portal.identity.models import ApplicationCredential, Invitation, Project, User
from portal.identity.tasks import PAUSES
from tests.portal.identity.conftest import Robot, Work, acting

TO = "alice@example.org"


@pytest.fixture
def alices_mail(robot: Robot) -> None:
    """Let Alice, and who else there is, have an address."""
    User.objects.update(email=TO)


@pytest.fixture
def away(settings: Any) -> Callable[[], None]:
    """Let nobody answer where the mail server should be; return what brings it back."""
    there = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    def come_back() -> None:
        settings.EMAIL_BACKEND = there

    return come_back


def ask_for_a_password(bob: User, elsewhere: Project) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": TO})

    assert answer.status_code == 302


def invite(bob: User, elsewhere: Project) -> None:
    manager: Actor = acting(bob, elsewhere)
    invitations.invite_by_mail(TO, project=elsewhere, role="reader", actor=manager)


def come_to_an_end(bob: User, elsewhere: Project) -> None:
    soon = timezone.now() + timedelta(days=2)
    ApplicationCredential.objects.update(expires_at=soon, warned_days=None)

    assert warn_of_ends() == 1


@pytest.mark.parametrize("write", [ask_for_a_password, invite, come_to_an_end])
def test_mail_goes_out_when_the_server_is_back(
    alices_mail: None,
    away: Callable[[], None],
    bob: User,
    elsewhere: Project,
    work: Work,
    write: Callable[[User, Project], None],
) -> None:
    write(bob, elsewhere)

    work()
    [later] = DBTaskResult.objects.all()
    away()
    work()

    [letter] = mail.outbox
    assert letter.to == [TO]
    assert later.run_after is not None
    assert 50 <= (later.run_after - timezone.now()).total_seconds() <= PAUSES[0]


def test_reset_mail_is_told_once_when_it_went_out(
    alices_mail: None, away: Callable[[], None], work: Work
) -> None:
    Client().post("/accounts/password/reset/", {"email": TO})
    sent = Event.objects.filter(kind="identity.user.reset_mail")

    work()
    before = sent.count()
    away()
    work()

    assert (before, sent.count()) == (0, 1)


def test_mail_is_given_up_after_hours_and_that_is_told(
    alices_mail: None, away: Callable[[], None], work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    Client().post("/accounts/password/reset/", {"email": TO})

    for _ in PAUSES:
        work()
    left = DBTaskResult.objects.count()
    work()

    assert (left, DBTaskResult.objects.count()) == (1, 0)
    assert caplog.messages[-1].startswith("A mail is given up after 5 tries: send_reset: ")
    assert TO not in caplog.text


def test_invitation_whose_mail_is_given_up_says_so_until_it_is_sent_again(
    away: Callable[[], None], bob: User, elsewhere: Project, work: Work
) -> None:
    invite(bob, elsewhere)
    for _ in [0, *PAUSES]:
        work()
    unsent = Invitation.objects.get()
    away()

    invitations.send_again(unsent, actor=acting(bob, elsewhere))
    work()

    assert unsent.unsent_at is not None
    assert Invitation.objects.get().unsent_at is None
    assert [letter.to for letter in mail.outbox] == [[TO]]
    events = Event.objects.filter(subject=unsent.pk).order_by("pk")
    assert [event.kind.rpartition(".")[2] for event in events] == ["create", "unsent", "send_again"]


def test_mail_of_an_invitation_that_holds_no_more_is_not_missed(
    bob: User, elsewhere: Project
) -> None:
    invite(bob, elsewhere)
    invitation = Invitation.objects.get()
    invitations.withdraw_invitation(invitation, actor=acting(bob, elsewhere))

    invitations.note_unsent(invitation.pk)

    assert Invitation.objects.get().unsent_at is None
    assert not Event.objects.filter(kind="identity.invitation.unsent").exists()
