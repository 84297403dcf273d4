from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.configuration import environment as env
from tests.live import ROOT, base_environment


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (lambda: env.text("X", "else"), " words ", "words"),
        (lambda: env.text("X", "else"), "$HOME", "$HOME"),
        (lambda: env.words("X", []), "$HOME,b", ["$HOME", "b"]),
        (lambda: env.secret("X", Path("/nowhere")), "$ecret", "$ecret"),
        (lambda: env.number("X", 5, least=-1), "-1", -1),
        (lambda: env.period("X", 5, unit=env.DAY), "36500", 36500),
        (lambda: env.url("X", ""), "http://[::1]:80/", "http://[::1]:80"),
        (lambda: env.address("X"), "::1", "::1"),
        (lambda: env.number("X", 5), "7", 7),
        (lambda: env.flag("X", default=False), "Yes", True),
        (lambda: env.flag("X", default=True), "off", False),
        (lambda: env.words("X", []), "a, b,,c", ["a", "b", "c"]),
        (lambda: env.choice("X", "a", ("a", "b")), "b", "b"),
        (lambda: env.chosen("X", ("a", "b")), "b, a", ["b", "a"]),
        (lambda: env.listen("X", ""), "[::1]:80", ("[::1]", 80)),
        (lambda: env.database("X", "")["NAME"], "postgres://u:p@h:1/n", "n"),
        (lambda: env.email("X", "")["EMAIL_PORT"], "smtp+tls://u:p@host:587", 587),
        (lambda: env.email("X", "")["EMAIL_USE_TLS"], "smtp+tls://u:p@host:587", True),
        (lambda: env.email("X", "")["EMAIL_HOST_PASSWORD"], "smtp://u:p%40@host", "p@"),
        (lambda: env.email("X", "")["EMAIL_FILE_PATH"], "filemail:////mails", "/mails"),
        (lambda: env.mail_address("X", ""), "Vitrine <v@example.org>", "Vitrine <v@example.org>"),
    ],
)
def test_value_is_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], text: str, value: object
) -> None:
    monkeypatch.setenv("VITRINE_X", text)

    assert read() == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env.number("X", 5), "seven"),
        (lambda: env.number("X", 5, least=1), "0"),
        (lambda: env.number("X", 5), "1.5"),
        (lambda: env.number("X", 5), "$HOME"),
        (lambda: env.number("X", 5), "1_000"),
        (lambda: env.number("X", 5), "\u0665"),
        (lambda: env.number("X", 5), str(2**63)),
        (lambda: env.number("X", 5), "9" * 5000),
        (lambda: env.period("X", 5, unit=env.DAY), "36501"),
        (lambda: env.numbers("X", []), "80,\u0665"),
        (lambda: env.text("X"), "\udcff"),
        (lambda: env.url("X", ""), "http://["),
        (lambda: env.url("X", ""), "http://host:99999"),
        (lambda: env.address("X"), "*"),
        (lambda: env.address("X"), "proxy.example.org"),
        (lambda: env.database("X", ""), "$HOME"),
        (lambda: env.email("X", "consolemail:"), "$HOME"),
        (lambda: env.readable_file("X", ""), "/proc"),
        (lambda: env.folder("X", Path("var"), is_made=False), "/proc/nowhere"),
        (lambda: env.flag("X", default=True), "perhaps"),
        (lambda: env.choice("X", "a", ("a", "b")), "c"),
        (lambda: env.chosen("X", ("a", "b")), "a,c"),
        (lambda: env.folder("X", Path("var")), "/proc/nowhere"),
        (lambda: env.folder("X", Path("var")), __file__),
        (lambda: env.readable_file("X", ""), "/nowhere/ceph.conf"),
        (lambda: env.listen("X", ""), "8000"),
        (lambda: env.listen("X", ""), "host:99999"),
        (lambda: env.listen("X", ""), "host:\u0665"),
        (lambda: env.email("X", ""), "smtp://"),
        (lambda: env.email("X", ""), "smtp+tls://host:many"),
        (lambda: env.email("X", ""), "mail.example.org:587"),
        (lambda: env.email("X", ""), "pigeon://host"),
        (lambda: env.mail_address("X", ""), "vitrine"),
        (lambda: env.mail_address("X", ""), "a@b.org\nBcc: c@d.org"),
    ],
)
def test_nonsense_is_refused_in_one_sentence_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], text: str
) -> None:
    monkeypatch.setenv("VITRINE_X", text)

    with pytest.raises(ImproperlyConfigured, match=r"^VITRINE_X must be [^\n]*\.$"):
        read()


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: env.database("X", ""), "postgre://user:hush@host/name"),
        (lambda: env.email("X", ""), "smpt://user:hush@host"),
        (lambda: env.email("X", ""), "smtp://user:hush@host:many"),
    ],
)
def test_refused_url_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], text: str
) -> None:
    monkeypatch.setenv("VITRINE_X", text)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read()

    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VITRINE_EMAIL_URL", "nonsense"),
        ("VITRINE_EMAIL_FROM", "nonsense"),
        ("VITRINE_PUBLIC_URL", "http://["),
        ("VITRINE_VAR", "/nowhere"),
        ("VITRINE_WORKERS", "many"),
        ("VITRINE_CLIENT_SILENCE_SECONDS", "long"),
        ("VITRINE_ACCESS_LOG", "perhaps"),
        ("VITRINE_TRUSTED_PROXY", "*"),
        ("VITRINE_HTTP_STORE", "file"),
        ("VITRINE_HTTP_STORE", "a:b"),
        ("VITRINE_AUDIT_DAYS", "9" * 12),
    ],
)
def test_wrong_setting_stops_the_start_with_one_sentence(variable: str, value: str) -> None:
    command = [sys.executable, "manage.py", "check"]
    environment = base_environment() | {variable: value}

    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert re.fullmatch(rf"{variable} must be [^\n]*\.\n", done.stderr)


def test_default_is_taken_for_what_is_not_set() -> None:
    assert env.number("NOT_SET", 5) == 5
    assert env.flag("NOT_SET", default=True) is True


def test_secret_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("kept\n", encoding="utf-8")

    assert env.secret("NOT_SET", file) == "kept"


def test_secret_of_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret_key"
    file.write_text("kept", encoding="utf-8")
    monkeypatch.setenv("VITRINE_X", "given")

    assert env.secret("X", file) == "given"


def test_secret_without_a_file_is_empty(tmp_path: Path) -> None:
    assert env.secret("NOT_SET", tmp_path / "none") == ""
