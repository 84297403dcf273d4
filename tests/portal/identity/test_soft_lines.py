"""Managers hear by mail that their project comes near to a limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Project, User
from quotas import ledger
from quotas.account import Lot
from quotas.limits import set_limit
from quotas.models import Resource
from tests.portal.identity.conftest import Work

GIB = 1 << 30


@pytest.fixture
def limited(bob: User, alice: User, elsewhere: Project) -> Project:
    """Return a project of 10 GiB with a manager who has a mail address, and a member."""
    for user in (bob, alice):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    people.give_role(alice, project=elsewhere, role="member", actor=OPERATOR)
    set_limit(elsewhere.pk, Resource.IMAGE_SIZE_TOTAL, 10 * GIB)
    return elsewhere


def test_managers_hear_what_is_there_and_who_can_help(limited: Project, work: Work) -> None:
    ledger.take(limited.pk, Lot(9 * GIB))
    assert mail.outbox == []
    work()

    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (
        ["bob@example.org"],
        "The project elsewhere comes near to its limit",
    )
    body = str(letter.body)
    assert "elsewhere has 9.0 GiB of at most 10.0 GiB (bytes of images)" in body
    assert "more than 8.0 GiB" in body
    assert "administrators" in body
    assert "http://127.0.0.1:8000/project" in body


def test_mail_is_in_the_language_of_its_reader(limited: Project, bob: User, work: Work) -> None:
    User.objects.filter(pk=bob.pk).update(language="zh-hans")
    set_limit(limited.pk, Resource.IMAGE_COUNT_TOTAL, 1)

    ledger.count_image(limited.pk)
    work()

    assert mail.outbox[0].subject == "项目“elsewhere”接近限额"


def test_line_that_is_passed_again_within_a_day_is_not_written_of_again(
    limited: Project, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    for hours in (0, 12, 47):
        monkeypatch.setattr(timezone, "now", lambda hours=hours: now + timedelta(hours=hours))
        ledger.take(limited.pk, Lot(9 * GIB))
        work()
        ledger.forget_bytes(limited.pk, [Lot(9 * GIB)])

    assert Event.objects.filter(kind="quota.soft_line").count() == 3
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
        lambda bob: User.objects.filter(pk=bob.pk).update(email=""),
        lambda bob: bob.memberships.update(role="member"),
        lambda bob: set_limit(
            bob.memberships.get().project_id, Resource.IMAGE_SIZE_TOTAL, 100 * GIB
        ),
    ],
    ids=["suspended", "no address", "no manager any more", "limit was raised"],
)
def test_mail_that_is_no_longer_right_is_not_sent(
    limited: Project, bob: User, work: Work, change: Callable[[User], Any]
) -> None:
    ledger.take(limited.pk, Lot(9 * GIB))

    change(bob)
    work()

    assert mail.outbox == []


def test_project_without_managers_is_written_to_nobody(work: Work) -> None:
    set_limit("somewhere", Resource.IMAGE_SIZE_TOTAL, 10)

    ledger.take("somewhere", Lot(9))

    assert not DBTaskResult.objects.exists()
