"""What a store promises whose objects can have two keys."""

from __future__ import annotations

import pytest

from stores.backends.memory import MemoryStore
from stores.base import LinkingStore, can_link
from stores.errors import BadKey, ObjectExists, ObjectMissing
from tests.stores.conftest import another, put

BYTES = b"some bytes"
AT_ONCE = -1
"""Seconds, by a clock that may be a little behind that of the file system."""


@pytest.fixture(params=["files"])
def linking(request: pytest.FixtureRequest) -> LinkingStore:
    """Return each kind of store that links, in turn."""
    store: LinkingStore = request.getfixturevalue(request.param)
    assert can_link(store)
    return store


def keys(store: LinkingStore) -> set[str]:
    return set(store.keys())


def size(store: LinkingStore, key: str) -> int:
    with store.open(key) as reader:
        return reader.size


def test_other_stores_do_not_link(memory: MemoryStore) -> None:
    assert not can_link(memory)


def test_linked_object_has_two_keys(linking: LinkingStore, attempt: str, final: str) -> None:
    put(linking, attempt, BYTES)

    linking.link(attempt, final)
    linking.link(attempt, final)

    assert keys(linking) == {attempt, final}
    assert size(linking, attempt) == size(linking, final) == len(BYTES)


def test_no_other_object_is_replaced_by_a_link(
    linking: LinkingStore, attempt: str, final: str
) -> None:
    put(linking, another(attempt), b"other")
    linking.rename(next(iter(keys(linking))), final)
    put(linking, attempt, BYTES)

    with pytest.raises(ObjectExists):
        linking.link(attempt, final)

    assert size(linking, final) == len(b"other")


def test_only_what_is_sealed_is_linked(linking: LinkingStore, attempt: str, final: str) -> None:
    writer = linking.create(attempt, None)

    with pytest.raises(ObjectMissing):
        linking.link(attempt, final)

    writer.abort()


def test_object_keeps_its_other_key(linking: LinkingStore, attempt: str, final: str) -> None:
    put(linking, attempt, BYTES)
    linking.link(attempt, final)

    linking.unlink(attempt)
    linking.unlink(attempt)

    assert (keys(linking), size(linking, final)) == ({final}, len(BYTES))


@pytest.mark.parametrize("is_sealed", [True, False])
def test_attempt_without_another_key_is_gone_with_it(
    linking: LinkingStore, attempt: str, *, is_sealed: bool
) -> None:
    writer = linking.create(attempt, None)
    if is_sealed:
        writer.seal()

    linking.unlink(attempt)

    assert keys(linking) == set()
    writer.abort()


def test_withdrawn_attempt_is_gone_with_both_keys(
    linking: LinkingStore, attempt: str, final: str
) -> None:
    put(linking, attempt, BYTES)
    linking.link(attempt, final)

    linking.withdraw(attempt, final)
    linking.withdraw(attempt, final)

    assert keys(linking) == set()


def test_name_of_another_object_is_not_withdrawn(
    linking: LinkingStore, attempt: str, final: str
) -> None:
    put(linking, attempt, BYTES)
    linking.rename(attempt, final)
    other = another(attempt)
    put(linking, other, BYTES)

    linking.withdraw(other, final)

    assert keys(linking) == {final}


def test_idle_attempts_are_those_on_which_nothing_was_done(
    linking: LinkingStore, attempt: str, final: str
) -> None:
    put(linking, attempt, BYTES)
    other = another(attempt)
    writer = linking.create(other, None)
    put(linking, third := another(attempt), BYTES)
    linking.rename(third, final)

    assert set(linking.idle_attempts(AT_ONCE)) == {attempt, other}
    assert list(linking.idle_attempts(60)) == []
    writer.abort()


@pytest.mark.parametrize("key", ["../etc/passwd", "", "a.b", f".{'0' * 32}"])
def test_what_is_no_attempt_has_no_links(linking: LinkingStore, final: str, key: str) -> None:
    with pytest.raises(BadKey):
        linking.link(key, final)
    with pytest.raises(BadKey):
        linking.withdraw(key, final)
    with pytest.raises(BadKey):
        linking.unlink(key)


def test_finished_object_is_never_unlinked(linking: LinkingStore, final: str) -> None:
    with pytest.raises(BadKey):
        linking.unlink(final)
