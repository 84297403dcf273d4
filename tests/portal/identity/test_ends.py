from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from images.actors import Actor
from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.credentials import NewCredential, create_credential, renew_credential
from portal.identity.ends import warn_of_ends
from portal.identity.errors import BadValue
from portal.identity.models import ApplicationCredential, User
from tests.portal.identity.conftest import Robot, Work

DAY = timedelta(days=1)


def days_of(credential: ApplicationCredential) -> float | None:
    """Return in how many days it ends."""
    end = credential.expires_at
    return round((end - timezone.now()) / DAY, 2) if end else None


def ends_in(days: float, **fields: Any) -> None:
    """Let the one credential end then."""
    ApplicationCredential.objects.update(expires_at=timezone.now() + days * DAY, **fields)


def warnings() -> list[tuple[str, int]]:
    """Return which warnings were written."""
    events = Event.objects.filter(kind="identity.credential.ending")
    return [(event.payload["name"], event.payload["days"]) for event in events]


@pytest.mark.parametrize(
    ("usual", "most", "days"),
    [(90, 0, 90), (90, 30, 30), (0, 0, None), (0, 30, 30), (10**9, 0, 36_500)],
)
def test_credential_ends_as_usual_unless_told(
    alice_in_demo: Actor, settings: Any, usual: int, most: int, days: int | None
) -> None:
    settings.CREDENTIAL_DAYS, settings.CREDENTIAL_DAYS_MAX = usual, most

    credential = create_credential(NewCredential(name="ci"), actor=alice_in_demo)[1]

    assert days_of(credential) == days


@pytest.mark.parametrize(("most", "is_fine"), [(0, True), (30, False)])
def test_never_is_an_end_unless_there_is_a_maximum(
    alice_in_demo: Actor, settings: Any, most: int, *, is_fine: bool
) -> None:
    settings.CREDENTIAL_DAYS_MAX = most
    wanted = NewCredential(name="ci", never_ends=True)

    if is_fine:
        assert create_credential(wanted, actor=alice_in_demo)[1].expires_at is None
    else:
        with pytest.raises(BadValue, match="30 days at the latest"):
            create_credential(wanted, actor=alice_in_demo)


@pytest.mark.parametrize(("days", "is_fine"), [(29, True), (30, True), (31, False)])
def test_end_is_within_the_maximum(
    alice_in_demo: Actor, settings: Any, days: int, *, is_fine: bool
) -> None:
    settings.CREDENTIAL_DAYS_MAX = 30
    wanted = NewCredential(name="ci", expires_at=timezone.now() + days * DAY)

    if is_fine:
        assert days_of(create_credential(wanted, actor=alice_in_demo)[1]) == days
    else:
        with pytest.raises(BadValue):
            create_credential(wanted, actor=alice_in_demo)


def test_of_an_end_is_warned_twice_and_once_each(robot: Robot) -> None:
    for days in (14.5, 13.5, 13.5, 3.5, 2.5, 2.5, 0.1, -1):
        ends_in(days)
        warn_of_ends()

    assert warnings() == [("robot", 14), ("robot", 3)]


def test_only_the_last_warning_is_written_if_both_are_due(robot: Robot) -> None:
    ends_in(1)

    assert [warn_of_ends(), warn_of_ends()] == [1, 0]
    assert warnings() == [("robot", 3)]


@pytest.mark.parametrize(("days", "told"), [(1, []), (7, [3]), (14, [3]), (15, [14, 3])])
def test_short_credentials_are_not_warned_of_at_once(
    alice_in_demo: Actor, days: int, told: list[int]
) -> None:
    end = timezone.now() + days * DAY
    create_credential(NewCredential(name="ci", expires_at=end), actor=alice_in_demo)

    warn_of_ends()
    for left in (13, 2):
        if left < days:
            ends_in(left)
            warn_of_ends()

    assert warnings() == [("ci", warned) for warned in told]


def test_after_renewal_is_warned_anew(robot: Robot, alice_in_demo: Actor) -> None:
    ends_in(2)
    warn_of_ends()
    renew_credential(ApplicationCredential.objects.get(), actor=alice_in_demo)
    ends_in(13)
    warn_of_ends()

    assert warnings() == [("robot", 3), ("robot", 14)]


def test_nobody_is_warned_for_the_suspended(robot: Robot, alice: User) -> None:
    people.suspend_user(alice, actor=OPERATOR)
    ends_in(2)

    assert warn_of_ends() == 0


def test_owner_with_an_address_gets_a_mail_in_the_own_language(
    robot: Robot, alice: User, work: Work
) -> None:
    User.objects.update(email="alice@example.org")
    ends_in(2, name="two\nlines")

    warn_of_ends()
    work()
    User.objects.update(language="zh-hans")
    ends_in(2, warned_days=None)
    warn_of_ends()
    work()

    english, chinese = mail.outbox
    assert (english.to, english.subject) == (
        ["alice@example.org"],
        "The API token two lines ends soon",
    )
    assert "http://127.0.0.1:8000/account\n" in english.body
    assert robot[0] not in english.body
    assert (chinese.to, chinese.subject == english.subject) == (english.to, False)


def test_renewed_before_the_mail_went_out_is_not_told(
    robot: Robot, alice_in_demo: Actor, work: Work
) -> None:
    User.objects.update(email="alice@example.org")
    ends_in(2)
    warn_of_ends()

    renew_credential(ApplicationCredential.objects.get(), actor=alice_in_demo)
    work()

    assert mail.outbox == []


def test_reap_warns_and_clears(robot: Robot) -> None:
    ends_in(2)

    call_command("reap")

    assert warnings() == [("robot", 3)]
