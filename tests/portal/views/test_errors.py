from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from stores.errors import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.models import Image


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Return what makes the page of the project fail."""

    def fail_with(error: Exception) -> None:
        def fail(project: str) -> None:
            raise error

        monkeypatch.setattr("portal.views.project.usage_of", fail)

    return fail_with


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("host db.internal refused"), 503, "The database does not answer"),
        (StoreDown("No pool of the name images."), 503, "The store does not answer now"),
        (RuntimeError("secret"), 500, "nothing was changed by it"),
    ],
)
def test_trouble_of_ours_is_told_without_its_inside(
    at_lab: Client,
    broken: Callable[[Exception], None],
    error: Exception,
    status: int,
    words: str,
) -> None:
    broken(error)
    at_lab.raise_request_exception = False

    page = at_lab.get("/project")

    assert page.status_code == status
    assert words in page.text
    assert page["X-Openstack-Request-Id"] in page.text
    assert "internal" not in page.text
    assert "secret" not in page.text


def test_a_page_about_the_database_asks_it_nothing(
    at_lab: Client,
    broken: Callable[[Exception], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    broken(OperationalError("gone"))

    with django_assert_num_queries(3):
        page = at_lab.get("/project")

    assert page["Retry-After"] == "5"


def test_an_unknown_host_is_a_bad_request(at_lab: Client) -> None:
    assert at_lab.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_script_gets_json(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active()

    answer = at_lab.post(
        f"/images/{image.pk}/upload",
        b"bytes",
        "application/octet-stream",
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 409
    assert "load the page again" in answer.json()["errors"]["__all__"][0]


def test_an_unknown_address_is_the_same_as_a_hidden_image(at_lab: Client) -> None:
    unknown = at_lab.get("/nowhere")
    hidden = at_lab.get("/images/00000000-0000-4000-8000-000000000000")

    assert unknown.context["text"] == hidden.context["text"]
