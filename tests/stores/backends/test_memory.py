"""What memory alone must do: stand in for stores that are full, closed or in use."""

from __future__ import annotations

import uuid

import pytest

from stores.backends.memory import MemoryStore
from stores.base import MIB
from stores.errors import ObjectInUse, StoreFull, StoreReadOnly
from tests.stores.conftest import put


@pytest.fixture
def small() -> MemoryStore:
    """Return a store of 1 MiB."""
    return MemoryStore(f"small-{uuid.uuid4()}", capacity=MIB)


def test_stores_of_one_name_are_one(memory: MemoryStore, attempt: str) -> None:
    put(memory, attempt, b"bytes")

    assert list(MemoryStore(memory.name).keys()) == [attempt]


def test_size_beyond_the_capacity_is_refused_at_once(small: MemoryStore, attempt: str) -> None:
    with pytest.raises(StoreFull):
        small.create(attempt, MIB + 1)

    assert list(small.keys()) == []


def test_capacity_shrinks_as_bytes_come(small: MemoryStore, attempt: str) -> None:
    put(small, attempt, b"x" * 100)

    assert (small.capacity().total, small.capacity().free) == (MIB, MIB - 100)


def test_pinned_object_is_kept(memory: MemoryStore, attempt: str) -> None:
    put(memory, attempt, b"bytes")
    memory.pin(attempt)

    with pytest.raises(ObjectInUse):
        memory.delete(attempt)

    memory.unpin(attempt)
    memory.delete(attempt)
    assert list(memory.keys()) == []


@pytest.mark.parametrize("act", ["create", "delete"])
def test_store_that_is_read_only_takes_nothing(attempt: str, act: str) -> None:
    arguments = (attempt, None) if act == "create" else (attempt,)

    with pytest.raises(StoreReadOnly):
        getattr(MemoryStore("shelf", read_only=True), act)(*arguments)


def test_memory_has_no_file(memory: MemoryStore, attempt: str) -> None:
    put(memory, attempt, b"bytes")

    with memory.open(attempt) as reader:
        assert reader.file() is None
