from __future__ import annotations

import time
from typing import Any

import pytest

from portal.identity.keys import new_secret
from portal.redaction import Redaction, configured_secrets, encoded

SECRET = "Zm9vYmFyYmF6cXV4Zm9vYmFy"  # of the looks of many


@pytest.mark.parametrize(
    "text",
    [
        "X-Auth-Token: {}",
        "{{'X-Subject-Token': '{}'}}",
        "HTTP_X_SERVICE_TOKEN={}",
        "('Authorization', 'Bearer {}')",
        "authorization: Basic {}",
        "sent Bearer {} to us",
        "Cookie: session={}; theme=dark",
        "Set-Cookie: __Host-session={}; Path=/",
        "__Host-csrf={}",
        "csrfmiddlewaretoken={}",
        "GET /v2/images?token={} HTTP/1.1",
        "GET /back?state=x&code={}&y=1 HTTP/1.1",
        "postgres://vitrine:{}@db.example:5432/vitrine",
        "https://user:{}@images.example/a?b=@",
        "postgres://:{}@db",
        "host=db password={} dbname=x",
        '{{"password": "{}"}}',
        "client_secret={}",
        "secret_access_key = {}",
        "eyJhbGciOiJub25lIn0.{}.",
    ],
)
def test_secret_is_taken_out_wherever_it_stands(text: str) -> None:
    assert SECRET in text.format(SECRET)

    assert SECRET not in Redaction()(text.format(SECRET))


@pytest.mark.parametrize("kind", ["vt", "vs", "vl", "vz"])
def test_what_we_make_is_known_by_its_looks(kind: str) -> None:
    text = f"GET /accounts/sign-in/{new_secret(kind)}/ HTTP/1.1"

    assert Redaction()(text) == f"GET /accounts/sign-in/{kind}_***/ HTTP/1.1"


def test_password_reset_is_known_by_its_looks() -> None:
    text = "GET /accounts/reset/MQ/czz2f1-f1f5ac7a3c38f6ed02cc0ac0d46fc8e5/ HTTP/1.1"

    assert Redaction()(text) == "GET /accounts/reset/MQ/***/ HTTP/1.1"


@pytest.mark.parametrize(
    "text",
    [
        "Internal Server Error: /v2/images/0f2d2c1e-3f5b-4c58-9a39-3c1d9f0a7a55/file",
        "req-0f2d2c1e-3f5b-4c58-9a39-3c1d9f0a7a55 d41d8cd98f00b204e9800998ecf8427e",
        "The database does not answer, next round later: connection refused",
        "GET /v2/images?marker=0f2d2c1e&status=active HTTP/1.1",
        "http://images.example:8080/a",
        "vm_debian-12-generic.qcow2",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redaction()(text) == text


def test_configured_secret_is_taken_out_without_any_looks(monkeypatch: Any) -> None:
    monkeypatch.setenv("VITRINE_DATABASE_URL", "postgres://vitrine:p%40ssw%2Frd@db/vitrine")
    monkeypatch.setenv("VITRINE_OIDC_CLIENT_SECRET", "correct horse")
    monkeypatch.setenv("VITRINE_CLOUD_NAME", "vitrine")

    found = configured_secrets()

    assert {"p%40ssw%2Frd", "p@ssw/rd", "correct horse"} <= found
    assert "vitrine" not in found
    said = "FATAL: p@ssw/rd is wrong (correct horse)"
    assert Redaction(found)(said) == "FATAL: *** is wrong (***)"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65536,
        "x-" * 32768,
        "://a:" * 13000,
        "token" * 13000,
        "password" + " " * 65536,
        "eyJ" + "a." * 32768,
        "?code" * 13000,
        "cookie:" * 9000,
        "v" * 30000 + "t_" * 15000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()

    Redaction(["correct horse"])(text)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, 镜像 and é", "plain, 镜像 and é"),
        ("a\r\n2026-11-26 INFO forged", "a\\r\\n2026-11-26 INFO forged"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\x85d"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u200bb\ufeffc", "a\\u200bb\\ufeffc"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_line_holds_nothing_that_moves_anything(text: str, written: str) -> None:
    assert encoded(text) == written
