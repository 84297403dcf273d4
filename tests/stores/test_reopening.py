"""What every store promises of an attempt in several stretches, asked of each of them."""

from __future__ import annotations

import pytest

from stores.base import MIB, Store, Stretch
from stores.errors import BadKey, ObjectMissing
from tests.stores.conftest import put

OLD = b"o" * (3 * MIB)


def get(store: Store, key: str) -> bytes:
    with store.open(key) as reader:
        return b"".join(reader.chunks(0, reader.size))


def suspended(store: Store, key: str, content: bytes, *, size: int | None = None) -> None:
    """Leave an attempt that holds *content*."""
    writer = store.create(key, size)
    writer.write(content)
    writer.suspend()


def resumed(store: Store, key: str, stretch: Stretch, *chunks: bytes) -> None:
    """Write *chunks* where the attempt goes on, and leave it again."""
    writer = store.reopen(key, stretch)
    for chunk in chunks:
        writer.write(chunk)
    writer.suspend()


def sealed(store: Store, key: str, size: int) -> bytes:
    """Seal the attempt at *size* bytes, and return them."""
    store.reopen(key, Stretch(size, size)).seal()
    return get(store, key)


@pytest.mark.parametrize("size", [None, 3 * MIB + 77])
def test_attempt_goes_on_where_it_was_left(
    store: Store, attempt: str, random_bytes: bytes, size: int | None
) -> None:
    suspended(store, attempt, random_bytes[:MIB], size=size)
    resumed(store, attempt, Stretch(MIB, MIB), random_bytes[MIB : MIB + 9])

    writer = store.reopen(attempt, Stretch(MIB + 9, MIB + 9))
    writer.write(random_bytes[MIB + 9 :])
    writer.seal()

    assert (get(store, attempt), writer.confirmed) == (random_bytes, len(random_bytes))


def test_zeros_over_unconfirmed_bytes_are_zeros(store: Store, attempt: str) -> None:
    suspended(store, attempt, OLD, size=3 * MIB)

    resumed(store, attempt, Stretch(100, 3 * MIB), bytes(2 * MIB), b"x")

    content = sealed(store, attempt, 3 * MIB)
    assert content[: 2 * MIB + 101] == b"o" * 100 + bytes(2 * MIB) + b"x"
    assert content[2 * MIB + 101 :] == bytes(MIB - 101)


def test_what_was_not_confirmed_is_not_in_the_object(store: Store, attempt: str) -> None:
    suspended(store, attempt, OLD)

    store.reopen(attempt, Stretch(5, 3 * MIB)).seal()

    assert get(store, attempt) == b"o" * 5


def test_parts_fill_one_object_at_their_places(store: Store, attempt: str) -> None:
    size = 2 * MIB
    store.create(attempt, size).suspend()

    resumed(store, attempt, Stretch(MIB, MIB, stop=size), b"b" * MIB)
    resumed(store, attempt, Stretch(0, 0, stop=MIB), b"a" * (MIB - 1))
    resumed(store, attempt, Stretch(MIB - 1, MIB - 1, stop=MIB), b"A")

    assert sealed(store, attempt, size) == b"a" * (MIB - 1) + b"A" + b"b" * MIB


def test_part_that_goes_on_leaves_the_others_alone(store: Store, attempt: str) -> None:
    suspended(store, attempt, OLD, size=3 * MIB)

    resumed(store, attempt, Stretch(MIB, 9 * MIB, stop=2 * MIB), bytes(MIB - 1), b"x")

    expected = b"o" * MIB + bytes(MIB - 1) + b"x" + b"o" * MIB
    assert sealed(store, attempt, 3 * MIB) == expected


def test_two_parts_may_be_written_at_once(store: Store, attempt: str) -> None:
    store.create(attempt, 2 * MIB).suspend()
    first = store.reopen(attempt, Stretch(0, 0, stop=MIB))
    second = store.reopen(attempt, Stretch(MIB, MIB, stop=2 * MIB))

    for writer, letter in ((first, b"a"), (second, b"b")):
        writer.write(letter * MIB)
    first.suspend()
    second.suspend()

    assert sealed(store, attempt, 2 * MIB) == b"a" * MIB + b"b" * MIB


def test_sealed_attempt_can_be_opened_again(store: Store, attempt: str) -> None:
    put(store, attempt, b"whole")

    resumed(store, attempt, Stretch(3, 5), b"ro")

    with pytest.raises(ObjectMissing):
        store.open(attempt)
    assert sealed(store, attempt, 5) == b"whoro"


def test_flushed_bytes_are_confirmed(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"x" * MIB)

    writer.flush()

    assert writer.confirmed == MIB
    writer.abort()


def test_suspended_attempt_is_an_object_that_can_be_deleted(store: Store, attempt: str) -> None:
    suspended(store, attempt, b"half")
    before = list(store.keys())

    store.delete(attempt)

    assert (before, list(store.keys())) == ([attempt], [])


def test_nothing_cannot_go_on(store: Store, attempt: str) -> None:
    with pytest.raises(ObjectMissing):
        store.reopen(attempt, Stretch(0, 0))


def test_finished_object_never_goes_on(store: Store, attempt: str, final: str) -> None:
    put(store, attempt, b"bytes")
    store.rename(attempt, final)

    with pytest.raises(BadKey):
        store.reopen(final, Stretch(0, 0))
