"""What quotas add to an upload, counted in statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from images.actors import Actor
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from quotas.account import Origin
from quotas.limits import set_limit
from quotas.models import Resource
from quotas.parts import set_part_limit
from tests.conftest import PROJECT, MakeImage

pytestmark = pytest.mark.django_db

MIB = 1 << 20


@contextmanager
def counted() -> Iterator[list[str]]:
    """Gather the statements on tables of quotas."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.extend([sql] if "quotas_" in sql else [])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield asked


@pytest.fixture
def cost(make_image: MakeImage, owner: Actor) -> Callable[..., int]:
    """Return who uploads *content*, and counts those statements."""

    def count(content: list[bytes], size: int | None) -> int:
        image = make_image()
        with counted() as asked, receiving(image, actor=owner, size=size) as session:
            session.fill(content)
        return len(asked)

    return count


@pytest.mark.parametrize("limit", [-1, 1000])
def test_known_size_is_held_and_settled_by_a_statement_each(
    cost: Callable[..., int], limit: int
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, limit)
    set_limit(PROJECT, Resource.IMAGE_COUNT_UPLOADING, limit)

    assert cost([b"12345"], 5) == 2


def test_unknown_size_is_asked_whether_it_must_ask_again(cost: Callable[..., int]) -> None:
    assert cost([b"12345"], None) == 2 + 1


@pytest.mark.parametrize(("blocks", "slices"), [(1, 1), (3, 2)])
def test_each_slice_takes_one_more(
    cost: Callable[..., int], settings: Any, blocks: int, slices: int
) -> None:
    settings.QUOTA_SLICE = MIB
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 100 * MIB)

    assert cost([bytes(MIB)] * blocks, None) == 2 + 1 + slices


def test_limit_of_a_part_takes_the_careful_way(cost: Callable[..., int]) -> None:
    set_part_limit(PROJECT, Origin(store="memory"), 1000)

    assert cost([b"12345"], 5) == 7 + 6


def test_new_image_is_counted_by_one_statement(make_image: MakeImage, owner: Actor) -> None:
    make_image()

    with counted() as asked:
        create_image({}, actor=owner)

    assert len(asked) == 1
