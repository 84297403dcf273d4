from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from images.lifecycle.whereabouts import Discrepancy, discrepancies
from images.models import Location
from stores.registry import get_store
from tests.conftest import MakeImage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_store")]


def test_what_is_whole_is_not_named(
    make_active: MakeImage, make_image: MakeImage, owner: Actor
) -> None:
    make_active(b"0123456789")
    with receiving(make_image(), actor=owner) as session:
        session.fill([b"half"])

        assert list(discrepancies()) == []


def test_object_that_is_gone_is_named(make_active: MakeImage) -> None:
    image = make_active(b"0123456789")
    get_store().delete(str(image.pk))

    assert list(discrepancies()) == [Discrepancy("empty", str(image.pk), "is gone")]


def test_object_of_another_size_is_named(make_active: MakeImage) -> None:
    image = make_active(b"0123456789")
    image.locations.update(size=11)

    [found] = discrepancies()

    assert str(found) == f"store empty: {image.pk} has 10 bytes, not 11"


def test_object_of_nobody_is_named(db: None) -> None:
    key = f"{uuid4()}.{uuid4().hex}"
    get_store().create(key, None).seal()

    assert list(discrepancies()) == [Discrepancy("empty", key, "belongs to no image")]


def test_row_of_a_store_that_is_not_configured_is_named(make_active: MakeImage) -> None:
    image = make_active(b"0123456789")
    get_store().delete(str(image.pk))
    image.locations.update(store="former")

    trouble = "lies in a store that is not configured"
    assert list(discrepancies()) == [Discrepancy("former", str(image.pk), trouble)]


def test_store_that_does_not_answer_is_named(settings: Any, tmp_path: Path) -> None:
    backend = "stores.backends.filesystem.FilesystemStore"
    folder = tmp_path / "gone"
    settings.IMAGE_STORES = {"file": {"BACKEND": backend, "OPTIONS": {"path": str(folder)}}}
    assert list(get_store("file").keys()) == []
    folder.rmdir()

    [found] = discrepancies()

    assert (found.store, found.key, found.trouble.split(":")[0]) == ("file", "-", "cannot be asked")


def test_rows_are_read_page_by_page(
    make_active: MakeImage, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("images.lifecycle.whereabouts.PAGE", 2)
    for _ in range(5):
        make_active(b"0123456789")
    assert Location.objects.count() == 5

    with django_assert_num_queries(4 + 3 + 1):
        assert list(discrepancies()) == []
