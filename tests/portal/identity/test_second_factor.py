from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client, RequestFactory, TestCase
from django.utils import timezone
from pytest_django.fixtures import Settings

from images.models import Event
from portal.identity.actors import unscoped_actor
from portal.identity.errors import BadCredentials, NotPermitted, TooManyAttempts
from portal.identity.links import create_link
from portal.identity.models import Session, User
from portal.identity.second_factor import APP, has_second_factor, remove_second_factor, use_code
from portal.identity.session_store import SIGNED_IN_AT
from portal.identity.throttling import forget_codes
from tests.portal.identity.conftest import PASSWORD, code_of

SIGN_IN = "/accounts/login/"
STEP = "/accounts/second-factor/authenticate/"
NEW_APP = "/accounts/second-factor/totp/activate/"
AppOf = Callable[[User], Callable[..., str]]


def try_code(user: User, code: str, request: HttpRequest) -> type[Exception] | None:
    """Use *code*; return what was raised."""
    try:
        use_code(user, code, request=request)
    except (BadCredentials, TooManyAttempts) as refusal:
        return type(refusal)
    return None


def sign_in(client: Client, **more: str) -> Any:
    """Send name and password."""
    return client.post(SIGN_IN, {"username": "alice", "password": PASSWORD} | more)


def is_signed_in(client: Client) -> bool:
    """Tell whether the account's page opens."""
    return client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [(-2, BadCredentials), (-1, None), (0, None), (1, None), (3, BadCredentials)],
)
def test_codes_of_a_slow_and_of_a_fast_clock_are_taken(
    alice: User, app_of: AppOf, rf_request: HttpRequest, steps: int, outcome: object
) -> None:
    shown = app_of(alice)

    assert try_code(alice, shown(steps), rf_request) is outcome


def test_a_code_opens_once_and_no_older_one_after_it(
    alice: User, app_of: AppOf, rf_request: HttpRequest
) -> None:
    shown = app_of(alice)

    tries = [try_code(alice, shown(steps), rf_request) for steps in (0, 0, -1, 1)]

    assert tries == [None, BadCredentials, BadCredentials, None]


def test_a_recovery_code_opens_once(alice: User, app_of: AppOf, rf_request: HttpRequest) -> None:
    app_of(alice)
    code = RecoveryCodes.activate(alice).get_unused_codes()[3]

    assert [try_code(alice, code, rf_request) for _ in range(2)] == [None, BadCredentials]
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 9


def test_recovery_codes_are_not_for_programs(
    alice: User, app_of: AppOf, rf_request: HttpRequest
) -> None:
    app_of(alice)
    code = RecoveryCodes.activate(alice).get_unused_codes()[0]

    with pytest.raises(BadCredentials):
        use_code(alice, code, request=rf_request, kinds=(APP,))


def test_recovery_codes_alone_are_no_second_factor(alice: User) -> None:
    RecoveryCodes.activate(alice)

    assert not has_second_factor(alice)


def test_secrets_do_not_lie_open(alice: User, app_of: AppOf) -> None:
    app_of(alice)
    codes = RecoveryCodes.activate(alice)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert kept.count("gAAAA") == 2
    assert re.findall(r"[A-Z2-7]{32}", kept.replace("gAAAA", "")) == []
    assert [code for code in codes.get_unused_codes() if code in kept] == []


def test_secrets_are_read_under_the_key_from_before(
    alice: User, app_of: AppOf, rf_request: HttpRequest, settings: Settings
) -> None:
    shown = app_of(alice)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of more than fifty characters, for the time after"

    assert try_code(alice, shown(0), rf_request) is None


def test_wrong_codes_lock_their_user_from_everywhere(
    alice: User, bob: User, app_of: AppOf, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    shown, other = app_of(alice), app_of(bob)
    places = [RequestFactory(REMOTE_ADDR=f"192.0.2.{last}").post("/") for last in range(5)]

    tries = [try_code(alice, "000000", place) for place in places[:3]]

    assert tries == [BadCredentials, BadCredentials, TooManyAttempts]
    assert try_code(alice, shown(0), places[4]) is TooManyAttempts
    assert try_code(bob, other(0), places[0]) is None
    forget_codes(alice)
    assert try_code(alice, shown(0), places[4]) is None


def test_nobody_locks_anothers_codes_by_typing_their_name(
    client: Client, alice: User, app_of: AppOf, rf_request: HttpRequest, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    shown = app_of(alice)
    client.post(SIGN_IN, {"username": f"(code) {alice.public_id}", "password": "x"})

    assert try_code(alice, shown(0), rf_request) is None


def test_password_alone_signs_nobody_in(client: Client, alice: User, app_of: AppOf) -> None:
    shown = app_of(alice)

    answer = sign_in(client, next="/project")

    assert (answer["Location"], is_signed_in(client)) == (STEP, False)
    answer = client.post(STEP, {"code": shown(0)})
    assert (answer["Location"], is_signed_in(client)) == ("/project", True)
    assert Session.objects.count() == 1


def test_the_session_key_changes_at_the_last_step(
    client: Client, alice: User, app_of: AppOf
) -> None:
    shown = app_of(alice)
    sign_in(client)
    before = client.session.session_key

    client.post(STEP, {"code": shown(0)})

    assert client.session.session_key != before


def test_a_wrong_code_says_so_and_too_many_must_wait(
    client: Client, alice: User, app_of: AppOf, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    app_of(alice)
    sign_in(client)

    answers = [client.post(STEP, {"code": "000000"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "This code is wrong, or was used already." in answers[0].text
    assert 890 <= int(answers[1]["Retry-After"]) <= 900


def test_the_step_is_nobodys_without_a_password(client: Client, db: None) -> None:
    assert client.get(STEP)["Location"] == SIGN_IN
    assert not Session.objects.exists()


def test_a_suspended_user_passes_no_step(client: Client, alice: User, app_of: AppOf) -> None:
    shown = app_of(alice)
    sign_in(client)
    User.objects.update(is_active=False)

    client.post(STEP, {"code": shown(0)})

    assert not is_signed_in(client)


def test_a_link_asks_for_the_second_factor_too(client: Client, alice: User, app_of: AppOf) -> None:
    shown = app_of(alice)
    path = create_link(alice).removeprefix("http://127.0.0.1:8000")

    answer = client.post(path)

    assert (answer["Location"], is_signed_in(client)) == (STEP, False)
    assert client.post(STEP, {"code": shown(0)})["Location"] == "/"


def test_an_app_is_set_up_by_its_first_code(client: Client, alice: User) -> None:
    sign_in(client)
    page = client.get(NEW_APP)

    answer = client.post(NEW_APP, {"code": code_of(page.context["form"].secret)}, follow=True)

    kinds = Authenticator.objects.order_by("type").values_list("type", flat=True)
    assert list(kinds) == ["recovery_codes", "totp"]
    assert len(answer.context["unused_codes"]) == 10
    assert "no-store" in page["Cache-Control"]
    assert set(client.get("/accounts/second-factor/recovery-codes/").context["unused_codes"]) == {
        "****"
    }


@pytest.mark.parametrize("path", [NEW_APP, "/accounts/second-factor/webauthn/add/"])
def test_who_signed_in_long_ago_is_asked_again(client: Client, alice: User, path: str) -> None:
    sign_in(client)
    session = client.session
    session[SIGNED_IN_AT] = (timezone.now() - timedelta(minutes=6)).isoformat()
    session.save()

    asked = client.get(path)["Location"]
    client.post(asked, {"password": "wrong"})
    refused = client.get(path)
    client.post(asked, {"password": PASSWORD})

    assert asked == f"/accounts/again/?next={path.replace('/', '%2F')}"
    assert (refused.status_code, client.get(path).status_code) == (302, 200)


def test_who_has_no_password_signs_in_again(client: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    client.force_login(alice)

    asked = client.get(NEW_APP)["Location"]
    page = client.get(asked)
    answer = client.post(asked, {"next": page.context["next"]})

    assert asked.startswith("/accounts/sign-in-again/?next=")
    assert answer["Location"] == f"{SIGN_IN}?next={NEW_APP}"
    assert not Session.objects.exists()


def test_what_is_set_up_and_removed_is_told(client: Client, alice: User) -> None:
    sign_in(client)
    code = code_of(client.get(NEW_APP).context["form"].secret)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(NEW_APP, {"code": code})

    client.post("/accounts/second-factor/totp/deactivate/")

    told = Event.objects.filter(kind__startswith="identity.second_factor").order_by("pk")
    assert [(event.kind.rpartition(".")[2], event.payload["factor"]) for event in told] == [
        ("add", "totp"),
        ("add", "recovery_codes"),
        ("remove", "totp"),
        ("remove", "recovery_codes"),
    ]
    assert not Authenticator.objects.exists()


def test_an_operator_helps_who_lost_everything(client: Client, alice: User, app_of: AppOf) -> None:
    app_of(alice)

    call_command("remove_second_factor", "alice")

    assert sign_in(client)["Location"] == "/"
    assert Event.objects.filter(kind="identity.user.remove_second_factor").count() == 1


def test_nobody_else_does(alice: User, app_of: AppOf, bob: User) -> None:
    app_of(alice)

    with pytest.raises(NotPermitted):
        remove_second_factor(alice, actor=unscoped_actor(bob))


@pytest.mark.parametrize("table", ["mfa/authenticator", "account/emailaddress"])
def test_the_admin_does_not_show_the_librarys_tables(
    client: Client, root: User, table: str
) -> None:
    client.force_login(root)

    assert client.get(f"/admin/{table}/").status_code == 404
