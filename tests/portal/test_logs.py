from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from images.actors import Actor
from portal.identity.keys import new_secret
from portal.logs import JsonLines, Lines, Refusals, configured_logs, context, telling_of
from portal.redaction import MASK, Redaction
from portal.requests import PortalRequest


@pytest.fixture(params=[Lines, JsonLines])
def formatter(request: pytest.FixtureRequest) -> logging.Formatter:
    """Return each way to write a line."""
    made: logging.Formatter = request.param(redact=Redaction(["correct horse"]))
    return made


@pytest.fixture
def asked() -> Iterator[Any]:
    """Yield a request that is under way in this thread."""
    request: Any = RequestFactory().get("/")
    request.__class__ = PortalRequest
    request.request_id, request.address = "req-1", "203.0.113.7"
    with telling_of(request):
        yield request


def line(text: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    """Return what a logger hands on."""
    trace = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("a.b", logging.INFO, __file__, 1, text, args, trace)


def raised(text: str) -> Exception:
    """Return an error that has a trace."""
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_line_is_one_without_secrets(formatter: logging.Formatter) -> None:
    secret = new_secret("vt")

    text = formatter.format(line("said %s and %s\r\nx", secret, "correct horse"))

    assert secret not in text
    assert "correct horse" not in text
    assert f"said vt_{MASK} and {MASK}" in text
    assert len(text.splitlines()) == 1


def test_trace_is_indented_and_without_secrets() -> None:
    secret = new_secret("vs")
    record = line("broke", error=raised(f"{secret}\n2026-11-26 00:00:00,000 INFO forged"))

    first, *others = Lines(redact=Redaction()).format(record).splitlines()

    assert first.endswith("INFO a.b broke")
    assert others[0] == "    Traceback (most recent call last):"
    assert [other for other in others if not other.startswith("    ")] == []
    assert others[-2:] == [
        f"    ValueError: vs_{MASK}",
        "    2026-11-26 00:00:00,000 INFO forged",
    ]


def test_json_has_the_trace_in_one_line() -> None:
    text = JsonLines(redact=Redaction()).format(line("broke", error=raised("why")))

    told = json.loads(text)
    assert (told["level"], told["logger"], told["event"]) == ("INFO", "a.b", "broke")
    assert told["trace"].splitlines()[-1] == "ValueError: why"
    assert "\n" not in text


def test_json_tells_request_user_and_project(asked: Any) -> None:
    asked.auth = Actor(user="u1", project="p1")

    told = json.loads(JsonLines(redact=Redaction()).format(line("x")))

    names = ("request_id", "address", "user", "project")
    assert [told[name] for name in names] == ["req-1", "203.0.113.7", "u1", "p1"]


def test_plain_line_ends_with_the_request(asked: Any) -> None:
    assert Lines(redact=Redaction()).format(line("x")).endswith("INFO a.b x (req-1)")


def test_nothing_is_told_of_a_request_that_is_over(asked: Any) -> None:
    other: Any = PortalRequest()
    other.request_id, other.address = "req-2", ""

    with telling_of(other):
        assert context() == {"request_id": "req-2"}

    assert context()["request_id"] == "req-1"


def test_line_with_a_mistake_is_written_all_the_same(formatter: logging.Formatter) -> None:
    assert "'%d things' ('many',)" in formatter.format(line("%d things", "many"))


def test_every_logger_of_the_service_writes_through_one_handler() -> None:
    configured = configured_logs("INFO")

    handlers = {name for one in configured["loggers"].values() for name in one.get("handlers", [])}
    assert (handlers, configured["root"]["handlers"]) == (set(), ["console"])


@pytest.mark.parametrize("level", ["INFO", "WARNING"])
def test_refusal_of_a_stranger_is_short_and_at_info(level: str) -> None:
    record = line("Invalid host: %s", "x" * 999, error=raised("why"))
    record.name, record.levelno = "django.security.DisallowedHost", logging.ERROR

    assert Refusals(level=level).filter(record) is (level == "INFO")

    assert (record.levelname, record.exc_info, len(record.getMessage())) == ("INFO", None, 200)


def test_others_than_refusals_are_told_as_they_are() -> None:
    assert Refusals(level="ERROR").filter(line("broke", error=raised("why"))) is True
