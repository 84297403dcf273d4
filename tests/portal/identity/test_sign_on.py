from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from images.models import Event
from portal.identity.models import Membership, Project, Session, User
from portal.identity.session_store import SessionStore
from tests.portal.identity.conftest import PASSWORD
from tests.provider import provider

BEGIN = "/accounts/oidc/sso/login/"
RULES = {"cloud": [("demo", "member")], "cloud-leads": [("demo", "manager")]}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a real provider."""
    with provider() as url:
        yield url


@pytest.fixture(autouse=True)
def sso(settings: Settings, issuer: str) -> None:
    """Trust the provider, under the id sso."""
    app = {"provider_id": "sso", "name": "Corp", "client_id": "vitrine", "secret": "hush"}
    app["settings"] = {"server_url": issuer, "oauth_pkce_enabled": True}  # type: ignore[assignment]
    settings.OIDC_PROVIDERS = [app]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.OIDC_GROUPS = RULES


def begin(client: Client, **query: str) -> str:
    """Press the button; return where the browser is sent."""
    return client.get(BEGIN, query)["Location"]


def back_from(address: str, subject: str) -> str:
    """Sign in at the provider as *subject*; return where it sends the browser back."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix("http://testserver")


def sign_on(client: Client, subject: str, **query: str) -> Any:
    """Go to the provider and back."""
    return client.get(back_from(begin(client, **query), subject))


def who(client: Client) -> str | None:
    """Return the name of who is signed in."""
    answer = client.get("/account")
    return str(answer.context["user"]) if answer.status_code == 200 else None


def test_a_new_person_gets_an_account_in_the_projects_of_its_groups(
    client: Client, demo: Project
) -> None:
    answer = sign_on(client, "c-1", next="/project")

    carol = User.objects.get()
    assert (answer["Location"], who(client)) == ("/project", "carol")
    assert (carol.email, carol.has_usable_password()) == ("carol@example.org", False)
    assert Membership.objects.get(user=carol, project=demo).role == "manager"
    event = Event.objects.get(kind="identity.user.create")
    assert (event.user, event.subject) == ("oidc:sso", carol.public_id)


def test_the_same_person_gets_the_same_account_and_todays_projects(
    client: Client, demo: Project, settings: Settings
) -> None:
    sign_on(client, "c-1")
    settings.OIDC_GROUPS = {"cloud": RULES["cloud"]}
    sign_on(Client(), "c-1")
    assert Membership.objects.get().role == "member"
    settings.OIDC_GROUPS = {"others": RULES["cloud"]}

    sign_on(Client(), "c-1")

    assert (User.objects.count(), Membership.objects.count()) == (1, 0)


def test_projects_that_no_rule_names_are_left_alone(
    client: Client, demo: Project, settings: Settings
) -> None:
    sign_on(client, "c-1")
    settings.OIDC_GROUPS = {}

    sign_on(Client(), "c-1")

    assert Membership.objects.get().role == "manager"


@pytest.mark.parametrize("is_linking", [True, False])
def test_an_unverified_address_is_worth_nothing(
    client: Client, alice: User, settings: Settings, is_linking: object
) -> None:
    User.objects.update(email="alice@example.org")
    settings.OIDC_LINK_BY_EMAIL = is_linking

    sign_on(client, "m-1")

    stranger = SocialAccount.objects.get().user
    assert stranger != alice
    assert (stranger.email, stranger.username == "alice") == ("", False)


def test_a_verified_address_that_is_here_makes_no_second_account(
    client: Client, alice: User
) -> None:
    User.objects.update(email="Alice@example.org")

    page = sign_on(client, "a-1")

    assert "No account for you here yet" in page.text
    assert (who(client), User.objects.count()) == (None, 1)


def test_a_verified_address_links_if_the_operator_says_so(
    client: Client, alice: User, settings: Settings
) -> None:
    User.objects.update(email="alice@example.org")
    settings.OIDC_LINK_BY_EMAIL = True

    sign_on(client, "a-1")
    settings.OIDC_LINK_BY_EMAIL = False
    sign_on(Client(), "a-1")

    alice.refresh_from_db()
    assert (who(client), alice.has_usable_password()) == ("alice", False)


@pytest.mark.parametrize("others", [0, 1])
def test_an_address_never_links_to_administrators_nor_to_one_of_two(
    client: Client, root: User, settings: Settings, others: int
) -> None:
    settings.OIDC_LINK_BY_EMAIL = True
    if others:
        User.objects.update(is_superuser=False, is_staff=False)
        User.objects.create(username="twin")
    User.objects.update(email="root@example.org")

    sign_on(client, "r-1")

    assert (who(client), SocialAccount.objects.count()) == (None, 0)


def test_no_account_is_made_if_the_operator_makes_them(
    client: Client, db: None, settings: Settings
) -> None:
    settings.OIDC_SIGN_UP = False

    assert "No account for you here yet" in sign_on(client, "c-1").text
    assert not User.objects.exists()


def test_an_operator_links_by_command(client: Client, alice: User) -> None:
    call_command("link_sign_on", "alice", "sso", "c-1")

    sign_on(client, "c-1")

    assert who(client) == "alice"
    with pytest.raises(CommandError, match="already"):
        call_command("link_sign_on", "alice", "sso", "c-1")
    with pytest.raises(CommandError, match="no provider"):
        call_command("link_sign_on", "alice", "other", "c-1")


def test_the_second_factor_is_asked_for_after_it(
    client: Client, alice: User, app_of: Callable[[User], Callable[..., str]]
) -> None:
    shown = app_of(alice)
    call_command("link_sign_on", "alice", "sso", "c-1")

    step = sign_on(client, "c-1", next="/project")["Location"]

    assert (step, who(client)) == ("/accounts/second-factor/authenticate/", None)
    assert client.post(step, {"code": shown(0)})["Location"] == "/project"


def test_who_is_suspended_stays_out(client: Client, demo: Project) -> None:
    sign_on(Client(), "c-1")
    User.objects.update(is_active=False)

    answer = sign_on(client, "c-1")

    assert (answer["Location"], who(client)) == ("/accounts/login/", None)


def test_an_answer_is_good_in_the_browser_that_asked_alone(client: Client, db: None) -> None:
    answer = back_from(begin(Client()), "c-1")

    page = client.get(answer)

    assert (page.status_code, who(client)) == (401, None)
    assert "Single sign-on did not work" in page.text
    assert not User.objects.exists()


def test_the_state_is_asked_for(client: Client, db: None) -> None:
    begin(client)

    for query in ("", "?code=x", "?code=x&state=", "?code=x&state=other"):
        assert client.get(f"{BEGIN}callback/{query}").status_code == 401


def test_the_request_proves_its_sender_later(client: Client, db: None) -> None:
    query = parse_qs(urlsplit(begin(client)).query)

    [(state, *_)] = SessionStore(client.cookies["session"].value)["socialaccount_states"].values()

    digest = hashlib.sha256(state["pkce_code_verifier"].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert query["code_challenge"] == [challenge]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) == 16
    assert not Session.objects.exists()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_is_local(client: Client, demo: Project, wanted: str) -> None:
    assert sign_on(client, "c-1", next=wanted)["Location"] == "/"


def test_nobody_is_joined_to_who_is_signed_in(client: Client, alice: User) -> None:
    client.post("/accounts/login/", {"username": "alice", "password": PASSWORD})

    sign_on(client, "c-1", process="connect")

    assert SocialAccount.objects.get().user.username == "carol"


def test_cancelling_is_no_fault(client: Client, db: None) -> None:
    query = parse_qs(urlsplit(begin(client)).query)

    answer = client.get(
        f"{BEGIN}callback/", {"error": "access_denied", "state": query["state"][0]}, follow=True
    )

    assert "You did not sign in at the sign-on service." in answer.text


def test_a_provider_that_is_away_is_said(client: Client, db: None, settings: Settings) -> None:
    settings.OIDC_PROVIDERS[0]["settings"]["server_url"] = "http://127.0.0.1:9"

    answer = client.get(BEGIN)

    assert (answer.status_code, client.get("/accounts/oidc/none/login/").status_code) == (503, 404)


def test_who_signs_on_has_no_password(client: Client, demo: Project) -> None:
    sign_on(client, "c-1")
    new = {"new_password1": "a fine new password", "new_password2": "a fine new password"}

    assert client.post("/accounts/password/", new).status_code == 403
    assert not User.objects.get().has_usable_password()


def test_the_button_is_on_the_page(client: Client, db: None) -> None:
    page = client.get("/accounts/login/?next=/project").text

    assert f'href="{BEGIN}?next=/project"' in page
    assert "Sign in with Corp" in page
