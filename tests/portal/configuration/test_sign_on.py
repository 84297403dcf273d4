from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.configuration.sign_on import configured_providers, group_roles

FULL = {"URL": "https://id.example/", "CLIENT_ID": "vitrine", "CLIENT_SECRET": "hush"}


def name(monkeypatch: pytest.MonkeyPatch, prefix: str, **variables: str) -> None:
    """Set variables of one provider."""
    for variable, value in variables.items():
        monkeypatch.setenv(f"VITRINE_{prefix}_{variable}", value)


def test_nothing_named_is_nothing_there() -> None:
    assert configured_providers() == []


def test_providers_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    name(monkeypatch, "OIDC", **FULL, PROVIDERS="other-one", NAME="Corp")
    name(monkeypatch, "OIDC_OTHER_ONE", URL="https://other.example", CLIENT_ID="v", SCOPES="openid")
    name(monkeypatch, "OIDC_OTHER_ONE", CLIENT_SECRET_FILE=str(tmp_path / "secret"))

    first, second = configured_providers()

    assert (first["provider_id"], first["name"], first["secret"]) == ("sso", "Corp", "hush")
    assert first["settings"]["server_url"] == "https://id.example"
    assert (second["provider_id"], second["name"]) == ("other-one", "other.example")
    assert (second["secret"], second["settings"]["scope"]) == ("from a file", ["openid"])


@pytest.mark.parametrize(
    "change",
    [
        {"URL": "http://id.example"},
        {"URL": "id.example"},
        {"CLIENT_ID": ""},
        {"CLIENT_SECRET": ""},
        {"PROVIDERS": "Corp!"},
        {"PROVIDERS": "corp"},
    ],
)
def test_nonsense_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    name(monkeypatch, "OIDC", **(FULL | change))

    with pytest.raises(ImproperlyConfigured, match=r"^VITRINE_OIDC_[^\n]* must be [^\n]*\.$"):
        configured_providers()


def test_rules_of_groups_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "VITRINE_OIDC_GROUPS", "leads=lab:manager, a=b=lab:member, leads=shop:reader"
    )

    assert group_roles() == {
        "leads": [("lab", "manager"), ("shop", "reader")],
        "a=b": [("lab", "member")],
    }


@pytest.mark.parametrize("rule", ["leads", "leads=lab", "leads=lab:admin", "=lab:member"])
def test_a_rule_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    monkeypatch.setenv("VITRINE_OIDC_GROUPS", rule)

    with pytest.raises(ImproperlyConfigured, match="group=project:role"):
        group_roles()
