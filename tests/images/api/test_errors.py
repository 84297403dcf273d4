from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from images import errors as images
from images.api import errors
from images.api.errors import status_of, text_of
from stores import errors as stores
from tests.images.api.door import Door

JSON, HTML, PLAIN = "application/json", "text/html; charset=UTF-8", "text/plain; charset=UTF-8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", JSON),
        ("application/json, text/html", JSON),
        ("text/html;q=0.1, application/json", JSON),
        ("application/*", JSON),
        ("application/json; charset=utf-8", JSON),
        ("image/png, Application/JSON;charset=UTF-8;q=0.5", JSON),
        ("text/html; charset=iso-8859-1", HTML),
        ("", JSON),
        ("text/html", HTML),
        ("*/*", HTML),
        ("text/*", HTML),
        ("text/html,application/xhtml+xml,*/*;q=0.8", HTML),
        ("text/plain", PLAIN),
        ("image/png", PLAIN),
        ("nonsense", PLAIN),
        (";;;q=x,,", PLAIN),
    ],
)
def test_error_is_dressed_as_accept_prefers(owner_door: Door, accept: str, kind: str) -> None:
    answer = owner_door.get("/v2/<b>", HTTP_ACCEPT=accept)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, kind)


def test_error_without_a_preference_is_plain_text(owner_door: Door) -> None:
    owner_door.defaults.pop("HTTP_ACCEPT")

    answer = owner_door.get("/v2/nothing")

    assert answer.headers["Content-Type"] == PLAIN
    assert answer.content == b"404 Not Found\n\nThe resource could not be found.\n"


def test_error_as_json_has_message_code_and_title(owner_door: Door) -> None:
    assert owner_door.get("/v2/nothing").json() == {
        "message": "The resource could not be found.",
        "code": "404 Not Found",
        "title": "Not Found",
    }


def test_error_as_a_page_escapes_what_was_sent(db: None, owner_door: Door) -> None:
    answer = owner_door.get("/v2/images/<script>", HTTP_ACCEPT="text/html")

    page = answer.content.decode()
    assert "<h1>404 Not Found</h1>" in page
    assert "<title>404 Not Found</title>" in page
    assert "<script>" not in page
    assert "No image found with ID &lt;script&gt;" in page


@pytest.mark.parametrize("path", ["/v2/images", "/v2/nothing", "/v2/schemas/image", "/v2/images/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_stranger_is_asked_for_a_token(
    closed_door: Door, settings: Any, path: str, method: str
) -> None:
    settings.PUBLIC_URL = "https://cloud.example"

    answer = closed_door.generic(method, path)

    assert answer.status_code == 401
    challenge = 'Keystone uri="https://cloud.example/identity/v3"'
    assert answer.headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/images", "GET, POST, OPTIONS"),
        ("/images/x", "GET, PATCH, DELETE, OPTIONS"),
        ("/images/x/file", "GET, PUT, OPTIONS"),
        ("/images/x/tags/t", "PUT, DELETE, OPTIONS"),
        ("/images/x/actions/deactivate", "POST, OPTIONS"),
        ("/images/x/members", "GET, POST, OPTIONS"),
        ("/images/x/members/p", "GET, PUT, DELETE, OPTIONS"),
        ("/schemas/image", "GET, OPTIONS"),
        ("/info/stores", "GET, OPTIONS"),
        ("/info/import", "GET, OPTIONS"),
    ],
)
def test_other_methods_are_refused_with_those_of_the_path(
    owner_door: Door, path: str, allowed: str
) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        if method not in allowed.split(", "):
            answer = owner_door.send(method, path)
            assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)

    answer = owner_door.send("OPTIONS", path)
    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (200, b"", allowed)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadRequest(), 400),
        (errors.BodyTooLarge(), 413),
        (errors.WrongMediaType("x"), 415),
        (errors.BadRange(10), 416),
        (errors.ClientGone(), 400),
        (errors.ClientSilent(), 408),
        (images.NotVisible(), 404),
        (images.ReadOnlyField(), 403),
        (images.Protected(), 403),
        (images.MissingFormat(), 400),
        (images.WrongState(), 409),
        (images.WrongStateForAct(), 403),
        (images.IdTaken(), 409),
        (images.InUse(), 409),
        (images.NotShared(), 403),
        (images.UploadLost(), 410),
        (images.OverLimit(), 413),
        (images.OverQuota("r", limit=1, needed=1, left=0), 413),
        (images.NoFreeSlot(), 503),
        (stores.UnknownStore(), 400),
        (stores.StoreReadOnly(), 400),
        (stores.StoreFull(), 413),
        (stores.StoreDown(), 503),
        (stores.SizeMismatch(), 400),
        (stores.FormatMismatch("raw", "qcow2"), 415),
        (stores.UnsafeContent(), 415),
        (OperationalError(), 503),
        (DataError(), 400),
        (MemoryError(), 503),
        (InterfaceError(), 503),
        (Http404(), 404),
        (PermissionDenied(), 403),
        (SuspiciousOperation(), 400),
        (IntegrityError(), None),
        (ValueError(), None),
    ],
)
def test_trouble_has_a_status(error: Exception, status: int | None) -> None:
    assert status_of(error) == status


def test_every_error_of_ours_has_a_status() -> None:
    def below(kind: type[Exception]) -> set[type[Exception]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    kinds = below(errors.ApiError) | below(images.ImageError) | below(stores.StoreError)
    inner = {errors.ApiError, images.ImageError, stores.StoreError, stores.BadUpload}

    silent = {kind for kind in kinds if not any(base in errors.STATUS for base in kind.__mro__)}
    assert silent - inner == {stores.BadKey, stores.ObjectExists}  # our own mistakes


def test_database_is_never_quoted() -> None:
    assert text_of(OperationalError("password=secret")) == (
        "The database does not answer; try again."
    )


def test_mistake_of_ours_is_nobodys_to_see(rf: Any) -> None:
    assert errors.answer(ValueError("x"), {"request": Request(rf.get("/"))}) is None


def test_who_comes_too_often_is_told_how_long_to_wait(rf: Any) -> None:
    answer = errors.answer(Throttled(wait=7.5), {"request": Request(rf.get("/"))})

    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "8")


def test_service_that_cannot_now_says_when_to_try_again(owner_door: Door, rf: Any) -> None:
    answer = errors.answer(OperationalError("x"), {"request": Request(rf.get("/"))})

    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
