from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

from tests.conftest import Protect, PutRules

OURS = ("images.E001", "images.E002", "images.E003", "images.E004")


def found() -> list[str]:
    """Return the ids of our own complaints."""
    return [str(message.id) for message in run_checks() if message.id in OURS]


def test_shipped_settings_are_in_order() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMAGE_SIZE_CAP", 0),
        ("IMAGE_PROPERTY_QUOTA", -2),
        ("IMAGE_PROPERTY_SIZE", -2),
        ("IMAGE_TAG_QUOTA", -2),
        ("IMAGE_MEMBER_QUOTA", -2),
    ],
)
def test_limit_that_is_none_is_refused(settings: Any, name: str, value: int) -> None:
    setattr(settings, name, value)

    assert found() == ["images.E001"]


@pytest.mark.parametrize("value", [-1, 0, 1])
def test_limit_may_be_absent_or_nothing(settings: Any, value: int) -> None:
    settings.IMAGE_TAG_QUOTA = value

    assert found() == []


def test_uploads_that_take_every_thread_are_refused(settings: Any) -> None:
    settings.UPLOAD_SLOTS = settings.WORKER_THREADS

    assert found() == ["images.E002"]


@pytest.mark.parametrize(
    ("text", "complaints"), [("[k]\nread = @\n", []), ("[k]\nraed = @\n", ["images.E003"])]
)
def test_property_protection_must_be_usable(
    protect: Protect, text: str, complaints: list[str]
) -> None:
    protect(text)

    assert found() == complaints


@pytest.mark.parametrize(
    ("text", "complaints"), [('delete = "admin"', []), ('delete = "somebody"', ["images.E004"])]
)
def test_rules_must_be_usable(put_rules: PutRules, text: str, complaints: list[str]) -> None:
    put_rules(text)

    assert found() == complaints
