from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.utils import timezone

from images.models import Event
from portal.identity.models import ApplicationCredential, User
from quotas.models import Limit, Resource
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.models import Image


def address() -> str:
    """Return the address of the one token."""
    return f"/account/tokens/{ApplicationCredential.objects.get().pk}"


TOKEN = {"name": "laptop", "role": "reader", "days": "30"}


def test_a_token_is_made_and_shown_once(at_lab: Client) -> None:
    page = at_lab.post("/account", TOKEN)

    credential = ApplicationCredential.objects.get()
    secret = page.context["secret"]
    assert credential.opens_with(secret)
    assert (credential.roles, credential.project_id) == (["reader"], PROJECT)
    assert credential.expires_at is not None
    assert secret in page.text
    assert secret not in at_lab.get("/account").text
    assert "no-store" in page["Cache-Control"]


def test_clouds_yaml_comes_with_it(at_lab: Client) -> None:
    page = at_lab.post("/account", TOKEN)

    encoded = re.search(r'href="data:application/yaml;base64,([^"]+)"', page.text)
    assert encoded
    clouds = yaml.safe_load(base64.b64decode(encoded[1]))

    auth = clouds["clouds"]["vitrine"]["auth"]
    assert auth["application_credential_id"] == ApplicationCredential.objects.get().pk
    assert auth["application_credential_secret"] == page.context["secret"]


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"role": "manager"}, {"role": "admin"}, {"days": "4000"}]
)
def test_bad_wishes_make_no_token(at_lab: Client, change: dict[str, str]) -> None:
    assert at_lab.post("/account", TOKEN | change).status_code == 400
    assert not ApplicationCredential.objects.exists()


def test_a_name_is_given_once(at_lab: Client) -> None:
    at_lab.post("/account", TOKEN)

    page = at_lab.post("/account", TOKEN)

    assert page.status_code == 409
    assert "of that name already" in page.text


def test_a_token_is_revoked(at_lab: Client) -> None:
    at_lab.post("/account", TOKEN)

    question = at_lab.get(f"{address()}/revoke")

    assert "Revoke laptop?" in question.text
    assert ApplicationCredential.objects.exists()
    at_lab.post(f"{address()}/revoke")
    assert not ApplicationCredential.objects.exists()


@pytest.mark.parametrize("act", ["", "/renew", "/secret", "/revoke"])
def test_a_token_of_another_is_not_there(at_lab: Client, at_farm: Client, act: str) -> None:
    at_lab.post("/account", TOKEN)
    secret_hash = ApplicationCredential.objects.get().secret_hash

    answers = [at_farm.get(f"{address()}{act}"), at_farm.post(f"{address()}{act}")]

    expected = {"": [404, 405], "/revoke": [404, 404]}.get(act, [405, 404])
    assert [answer.status_code for answer in answers] == expected
    assert ApplicationCredential.objects.get().secret_hash == secret_hash


@pytest.mark.parametrize("scope", ["read", "upload", "all"])
def test_a_token_has_a_scope(at_lab: Client, scope: str) -> None:
    at_lab.post("/account", TOKEN | {"scope": scope})

    assert ApplicationCredential.objects.get().scope == scope
    assert f"<td>{scope}</td>" in at_lab.get("/account").text


@pytest.mark.parametrize(
    ("most", "offered"),
    [(0, ["7", "30", "90", "365", "never"]), (30, ["7", "30"]), (45, ["7", "30", "45"])],
)
def test_ends_that_are_offered_are_allowed(
    at_lab: Client, settings: Any, most: int, offered: list[str]
) -> None:
    settings.CREDENTIAL_DAYS_MAX = most
    form = at_lab.get("/account").context["form"]

    assert [days for days, _ in form.fields["days"].choices] == offered
    for days in offered:
        assert at_lab.post("/account", {**TOKEN, "name": days, "days": days}).status_code == 200


def test_an_expired_token_is_red_and_renewed_in_one_step(at_lab: Client) -> None:
    at_lab.post("/account", TOKEN)
    ApplicationCredential.objects.update(expires_at=timezone.now())
    page = at_lab.get("/account").text

    assert re.search(r'class="text-danger">\s*expired', page)
    assert f'action="{address()}/renew"' in page
    answer = at_lab.post(f"{address()}/renew")
    assert answer["Location"] == "/account"
    assert not ApplicationCredential.objects.get().has_expired()


def test_a_new_secret_is_shown_once(at_lab: Client) -> None:
    old = at_lab.post("/account", TOKEN).context["secret"]

    page = at_lab.post(f"{address()}/secret")

    new, credential = page.context["secret"], ApplicationCredential.objects.get()
    assert new in page.text
    assert [credential.opens_with(secret) for secret in (old, new)] == [True, True]
    shown = at_lab.get(address()).text
    assert "The secret before it opens until" in shown
    assert new not in shown


@pytest.mark.parametrize("number", [1, 3])
def test_account_takes_the_same_queries(
    at_lab: Client, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        at_lab.post("/account", TOKEN | {"name": f"robot {n}"})

    with django_assert_num_queries(8):
        at_lab.get("/account")


def test_account_says_who_one_is(at_lab: Client) -> None:
    user = User.objects.get()
    User.objects.filter(pk=user.pk).update(email="ada@example.org", is_auditor=True)

    page = at_lab.get("/account").text

    for said in (user.public_id, "ada@example.org", "lab", "Auditor of this cloud"):
        assert said in page.partition('id="profile"')[2].partition("</section>")[0]


def test_look_is_chosen_on_the_account_page_too(at_lab: Client) -> None:
    look = at_lab.get("/account").text.partition('id="look"')[2].partition("</section>")[0]

    assert set(re.findall(r'name="(?:language|theme)"\s+value="([^"]*)"', look)) == {
        *("en", "zh-hans"),
        *("", "light", "dark"),
    }
    assert look.count('name="next" value="/account"') == 2


@pytest.mark.parametrize(("theme", "shown"), [("dark", 'data-bs-theme="dark"'), ("light", "light")])
def test_colours_can_be_fixed(at_lab: Client, theme: str, shown: str) -> None:
    answer = at_lab.post("/account/theme", {"theme": theme, "next": "/project"})

    assert answer["Location"] == "/project"
    assert shown in at_lab.get("/").text


def test_colours_follow_the_system_again(at_lab: Client) -> None:
    at_lab.post("/account/theme", {"theme": "dark"})
    at_lab.post("/account/theme", {"theme": '"><script>'})

    assert "data-bs-theme" not in at_lab.get("/").text


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("door", ["/account/theme", "/accounts/project/"])
def test_next_leads_nowhere_else(at_lab: Client, door: str, address: str) -> None:
    answer = at_lab.post(door, {"theme": "dark", "project": PROJECT, "next": address})

    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    ("page", "after"), [("/inbox", "/inbox"), ("/images/{}", ""), ("/images/{}/edit", "")]
)
def test_switching_leaves_what_the_other_project_may_not_see(
    at_lab: Client, make_active: Callable[..., Image], page: str, after: str
) -> None:
    shown = at_lab.get(page.format(make_active().pk))

    assert shown.context["frame"].after_switch == after


def test_language_can_be_chosen(at_lab: Client) -> None:
    at_lab.post("/account/language", {"language": "zh-hans", "next": "/project"})

    assert '<html lang="zh-hans"' in at_lab.get("/").text
    assert User.objects.get().language == "zh-hans"


@pytest.mark.parametrize("language", ["de", "", "nonsense"])
def test_a_language_that_no_page_speaks_is_kept_for_nobody(at_lab: Client, language: str) -> None:
    at_lab.post("/account/language", {"language": language, "next": "/project"})

    assert User.objects.get().language == ""


def test_project_shows_usage_and_people(at_lab: Client, make_active: Callable[..., Image]) -> None:
    make_active(b"x" * 1024)
    Limit.objects.create(project=PROJECT, resource=Resource.IMAGE_SIZE_TOTAL, value=4096)

    page = at_lab.get("/project")

    assert '<rect class="used" width="250" height="24">' in page.text
    assert "member of lab" in page.text
    assert page.context["usage"].gauges["image_count_total"].used == 1


def test_who_is_in_no_project_is_told(at_lab: Client, client: Client) -> None:
    user = User.objects.create(username="new")
    client.force_login(user, backend="portal.identity.backends.PeopleBackend")

    pages = [client.get(address) for address in ("/project", "/account", "/inbox")]
    listed = client.get("/", headers={"Accept": "text/html"})

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "You are in no project yet" in pages[2].text
    assert listed.status_code == 403


def test_single_keys_are_turned_off_and_on(at_lab: Client) -> None:
    told = []
    for wanted in ("off", "off", "on"):
        at_lab.post("/account/keyboard", {"shortcuts": wanted})
        told.append('<dialog id="keys"' in at_lab.get("/").text)

    changes = Event.objects.filter(kind="identity.user.update").values_list("after", flat=True)
    assert told == [False, False, True]
    assert [*changes] == [{"shortcuts": False}, {"shortcuts": True}]


def test_messages_stand_under_the_title(at_lab: Client) -> None:
    shown = at_lab.post("/account/keyboard", {"shortcuts": "off"}, follow=True).text

    places = [shown.index(said) for said in ("</h1>", "Single keys are off.", 'id="profile"')]
    assert places == sorted(places)


def test_hints_and_errors_of_the_password_page_are_tied_to_their_fields(at_lab: Client) -> None:
    page = at_lab.post("/accounts/password/", {"new_password1": "1"}).text

    described = " ".join(re.findall(r'aria-describedby="([^"]*)"', page)).split()
    assert set(described) >= {"id_new_password1_helptext", "id_new_password2_error"}
    assert [one for one in described if f'id="{one}"' not in page] == []
