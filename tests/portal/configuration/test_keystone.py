from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.configuration.keystone import authentication_classes, backends, configured_keystone
from tests.live import ROOT, base_environment

ALONE = """
import sys
for name in ("keystonemiddleware", "keystoneauth1", "keystoneclient", "oslo_config", "webob"):
    sys.modules[name] = None  # an import of it fails
import django
django.setup()
from django.urls import get_resolver
import portal.names, portal.sharing.grantees
print(len(get_resolver().url_patterns) > 0)
"""


@pytest.fixture(autouse=True)
def there(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Name a Keystone in the environment."""
    monkeypatch.setenv("VITRINE_KEYSTONE_URL", "https://keystone.example:5000/")
    return monkeypatch


def test_nothing_is_read_where_identity_is_local(tmp_path: Path) -> None:
    assert configured_keystone("local", tmp_path) == {}


def test_keystone_is_known_by_its_version(tmp_path: Path) -> None:
    found = configured_keystone("keystone", tmp_path)

    expected = "https://keystone.example:5000/v3"
    assert (found["URL"], found["PUBLIC_URL"]) == (expected, expected)


def test_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "keystone_password").write_text("hush\n")

    assert configured_keystone("both", tmp_path)["PASSWORD"] == "hush"


def test_roles_of_the_keystone_are_mapped(tmp_path: Path, there: pytest.MonkeyPatch) -> None:
    there.setenv("VITRINE_KEYSTONE_ROLES", "_member_:member,see:all:auditor")

    found = configured_keystone("keystone", tmp_path)["ROLES"]

    assert (found["_member_"], found["see:all"], found["admin"]) == ("member", "auditor", "admin")
    assert "auditor" not in found


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KEYSTONE_URL", ""),
        ("KEYSTONE_URL", "keystone.example"),
        ("KEYSTONE_PUBLIC_URL", "https://user:hush@keystone.example"),
        ("KEYSTONE_ROLES", "boss:god"),
        ("KEYSTONE_ROLES", "boss"),
        ("KEYSTONE_INTERFACE", "secret"),
        ("KEYSTONE_CACHE_SECONDS", "-1"),
        ("KEYSTONE_CA_FILE", "/nowhere/ca.pem"),
    ],
)
def test_nonsense_stops_the_start_with_one_sentence(
    tmp_path: Path, there: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    there.setenv(f"VITRINE_{variable}", value)

    with pytest.raises(
        ImproperlyConfigured, match=rf"^VITRINE_{variable} must be [^\n]*\.$"
    ) as said:
        configured_keystone("keystone", tmp_path)

    assert "hush" not in str(said.value)


def test_missing_library_is_named(tmp_path: Path, there: pytest.MonkeyPatch) -> None:
    there.setitem(sys.modules, "keystonemiddleware", None)

    with pytest.raises(ImproperlyConfigured, match="scripts/install keystone installs it"):
        configured_keystone("keystone", tmp_path)


def test_service_runs_without_the_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=ROOT,
        env=base_environment() | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


@pytest.mark.parametrize(
    ("identity", "doors"),
    [
        ("local", ["Token", "Credential", "Session"]),
        ("keystone", ["Keystone", "Session"]),
        ("both", ["Keystone", "Token", "Credential", "Session"]),
    ],
)
def test_doors_are_those_of_the_source(identity: str, doors: list[str]) -> None:
    classes = [path.rpartition(".")[2] for path in authentication_classes(identity)]

    assert classes == [f"{door}Authentication" for door in doors]
    assert len(backends(identity)) == (identity != "local")
