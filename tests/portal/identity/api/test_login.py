"""Who logs in: by password or by an older token, into which scope; and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from portal.identity import people
from portal.identity.actors import OPERATOR, token_actor
from portal.identity.models import Project, Token, User
from portal.identity.tokens import find_token
from tests.portal.identity.api.login import DOMAIN, TokenOf, by_credential, by_token, post, shown
from tests.portal.identity.conftest import PASSWORD, TOKENS, acting

LogIn = Callable[..., Any]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

REFUSED = {
    "error": {
        "code": 401,
        "message": "The request you have made requires authentication.",
        "title": "Unauthorized",
    }
}


def post_raw(body: bytes) -> Any:
    """Send *body* as it is."""
    client: Any = APIClient()
    return client.generic("POST", TOKENS, body, content_type="application/json")


def by_password(**user: Any) -> dict[str, Any]:
    return {"methods": ["password"], "password": {"user": {"password": PASSWORD} | user}}


def test_log_in_scopes_to_the_default_project(log_in: LogIn, alice: User, demo: Project) -> None:
    answer = log_in("alice", PASSWORD)

    token = shown(answer)
    assert token["project"] == {"id": demo.pk, "name": "demo", "domain": DOMAIN}
    assert token["is_domain"] is False
    assert [role["name"] for role in token["roles"]] == ["reader", "member"]
    assert all(re.fullmatch(r"[0-9a-f]{32}", role["id"]) for role in token["roles"])
    assert [service["type"] for service in token["catalog"]] == ["image", "identity"]
    assert token_actor(find_token(answer["X-Subject-Token"])) == acting(alice, demo)
    assert "X-Auth-Token" in answer["Vary"]


def test_log_in_tells_who_and_when(log_in: LogIn, alice: User) -> None:
    token = shown(log_in("alice", PASSWORD))

    assert token["methods"] == ["password"]
    assert token["user"] == {
        "id": alice.public_id,
        "name": "alice",
        "domain": DOMAIN,
        "password_expires_at": None,
    }
    assert MOMENT.fullmatch(token["issued_at"])
    assert MOMENT.fullmatch(token["expires_at"])
    assert len(token["audit_ids"]) == 1


@pytest.mark.parametrize("domain", [{"id": "default"}, {"name": "Default"}, DOMAIN, {}])
def test_log_in_by_name_in_the_one_domain(alice: User, domain: dict[str, str]) -> None:
    assert shown(post(by_password(name="alice", domain=domain)))["user"]["name"] == "alice"


def test_log_in_by_id(alice: User) -> None:
    assert shown(post(by_password(id=alice.public_id)))["user"]["name"] == "alice"


def test_log_in_into_a_project_by_id_and_by_name(alice: User, demo: Project) -> None:
    user = by_password(name="alice", domain=DOMAIN)

    by_id = shown(post(user, scope={"project": {"id": demo.pk}}))
    by_name = shown(post(user, scope={"project": {"name": "demo", "domain": DOMAIN}}))

    assert (
        by_id["project"]
        == by_name["project"]
        == {
            "id": demo.pk,
            "name": "demo",
            "domain": DOMAIN,
        }
    )


@pytest.mark.parametrize("scope", ["unscoped", {"unscoped": {}}])
def test_log_in_unscoped(alice: User, scope: object) -> None:
    token = shown(post(by_password(name="alice"), scope=scope))

    assert token.keys().isdisjoint({"project", "system", "roles", "catalog"})


def test_log_in_without_a_usable_default_project_is_unscoped(alice: User, demo: Project) -> None:
    people.suspend_project(demo, actor=OPERATOR)

    assert "project" not in shown(post(by_password(name="alice")))


def test_administrator_scopes_to_the_system(root: User) -> None:
    token = shown(post(by_password(name="root"), scope={"system": {"all": True}}))

    assert token["system"] == {"all": True}
    assert [role["name"] for role in token["roles"]] == ["reader", "member", "manager", "admin"]
    assert "project" not in token


def test_administrator_scopes_to_any_project(root: User, demo: Project) -> None:
    token = shown(post(by_password(name="root"), scope={"project": {"id": demo.pk}}))

    assert token["roles"][-1]["name"] == "admin"


REFUSED_LOGINS: list[dict[str, Any]] = [
    {"identity": by_password(name="alice", password="wrong")},
    {"identity": by_password(name="nobody")},
    {"identity": by_password(name="alice", domain={"id": "other"})},
    {"identity": by_password(name="alice", domain={"name": "default"})},
    {"identity": by_password(id="0" * 32)},
    {"identity": by_password(id="alice")},
    {"identity": by_password(name="x" * 255)},
    {"identity": by_password(name="\ufdfa" * 255)},
    {"identity": by_password(name="suspended")},
    {"identity": by_password(name="alice"), "scope": {"system": {"all": True}}},
    {"identity": by_password(name="alice"), "scope": {"project": {"name": "elsewhere"}}},
    {"identity": by_password(name="alice"), "scope": {"project": {"name": "nowhere"}}},
    {"identity": by_password(name="alice"), "scope": {"project": {"id": "0" * 32}}},
    {"identity": by_password(name="alice"), "scope": {"domain": {"id": "default"}}},
    {
        "identity": by_password(name="alice"),
        "scope": {"project": {"name": "demo", "domain": {"id": "other"}}},
    },
    {"identity": {"methods": ["totp"], "totp": {"user": {"name": "alice", "passcode": "1"}}}},
    {"identity": by_password(name="alice") | {"methods": ["password", "token"]}},
    {"identity": by_token("nonsense")},
    {"identity": by_token("")},
    {"identity": by_credential(id="0" * 32, secret="x")},
    {"identity": by_credential(name="robot", user={"name": "alice"}, secret="x")},
    {
        "identity": by_credential(
            name="robot", user={"name": "a", "domain": {"id": "x"}}, secret="x"
        )
    },
]


@pytest.mark.parametrize("auth", REFUSED_LOGINS)
def test_log_in_is_refused_alike_whatever_is_wrong(
    alice: User, elsewhere: Project, auth: dict[str, Any]
) -> None:
    suspended = people.create_user("suspended", password=PASSWORD, actor=OPERATOR)
    people.suspend_user(suspended, actor=OPERATOR)

    answer = APIClient().post(TOKENS, {"auth": auth}, format="json")

    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert not Token.objects.exists()


def test_log_in_into_a_suspended_project_is_refused_alike(alice: User, demo: Project) -> None:
    people.suspend_project(demo, actor=OPERATOR)

    answer = post(by_password(name="alice"), scope={"project": {"id": demo.pk}})

    assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_log_in_is_throttled(log_in: LogIn, alice: User) -> None:
    answers = [log_in("alice", "wrong") for _ in range(10)]

    waiting = log_in("alice", PASSWORD)

    assert [answer.status_code for answer in answers] == [401] * 9 + [429]
    assert waiting.status_code == 429
    assert 890 <= int(waiting["Retry-After"]) <= 900
    assert waiting.json()["error"]["title"] == "Too Many Requests"


def test_log_in_is_not_hindered_by_a_dead_token(alice: User) -> None:
    body = {"auth": {"identity": by_password(name="alice")}}

    answer = APIClient(headers={"X-Auth-Token": "dead"}).post(TOKENS, body, format="json")

    assert answer.status_code == 201


def test_nocatalog_leaves_it_out(alice: User) -> None:
    body = {"auth": {"identity": by_password(name="alice")}}

    answer = APIClient().post(f"{TOKENS}?nocatalog", body, format="json")

    assert "catalog" not in shown(answer)


def test_token_is_scoped_again(alice: User, demo: Project, token_of: TokenOf) -> None:
    secret = token_of(alice)
    first = Token.objects.get()

    token = shown(post(by_token(secret), scope={"project": {"id": demo.pk}}))

    assert token["methods"] == ["password", "token"]
    assert token["audit_ids"][1:] == [first.audit_id]
    assert token["expires_at"] == f"{first.expires_at:%Y-%m-%dT%H:%M:%S.%fZ}"


BAD_BODIES: list[Any] = [
    b"",
    b"not json",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'"text"',
    b"[]",
    b"null",
    b"NaN",
    b"{}",
    b"[" * 100_000,
    b'{"auth": {}, "auth": {}}',
    b'{"auth": null}',
    b'{"auth": []}',
    b'{"auth": {"identity": []}}',
    b'{"auth": {"identity": {"methods": "password"}}}',
    b'{"auth": {"identity": {"methods": []}}}',
    b'{"auth": {"identity": {"methods": [1]}}}',
    b'{"auth": {"identity": {"methods": ["password"]}}}',
    b'{"auth": {"identity": {"methods": ["token"], "token": {"id": 5}}}}',
    {"name": 5},
    {"name": "a\0b"},
    {"name": ""},
    {"name": "x" * 256},
    {"id": ["x"]},
    {"id": {"$ne": None}},
    {"password": None, "name": "alice"},
    {"password": "x" * 5000, "name": "alice"},
    {"name": "alice", "domain": "default"},
    {"name": "alice", "domain": {"id": 1}},
    {},
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bad_body_is_refused(db: None, body: Any) -> None:
    answer = post_raw(body) if isinstance(body, bytes) else post(by_password(**body))

    assert answer.status_code == 400
    assert answer.json()["error"]["title"] == "Bad Request"


@pytest.mark.parametrize(
    "scope",
    [5, None, [], "system", "project", {}, {"system": {"all": False}}, {"system": "all"},
     {"project": {}}, {"project": "demo"}, {"project": {"id": 1}}, {"project": {"name": "\0"}},
     {"project": {"id": "x"}, "system": {"all": True}}],
)  # fmt: skip
def test_bad_scope_is_refused(alice: User, scope: Any) -> None:
    assert post(by_password(name="alice"), scope=scope).status_code == 400


def test_credential_must_be_named(db: None) -> None:
    assert post(by_credential(secret="x")).status_code == 400


def test_lone_surrogate_is_refused(db: None) -> None:
    body = b'{"auth": {"identity": {"methods": ["\\ud800"]}}}'

    answer = post_raw(body)

    assert answer.status_code == 400


def test_huge_body_is_refused(db: None) -> None:
    answer = post_raw(b'"' + b"x" * (1 << 20) + b'"')

    assert answer.status_code == 413


def test_refusals_never_repeat_what_may_be_a_secret(db: None) -> None:
    answer = post({"methods": ["token"], "token": {"id": ["hunter2"]}})

    assert "hunter2" not in answer.content.decode()
