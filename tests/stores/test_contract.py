"""What every store promises, asked of each of them."""

from __future__ import annotations

import pytest

from stores.base import MIB, Store
from stores.errors import BadKey, ObjectExists, ObjectMissing
from tests.stores.conftest import another, put

NAME = "0b59a1f4-3c5e-4bd5-9a0b-0d8b55f5a8b1"
BAD_KEYS = ["", "k", "../etc/passwd", "a/b", ".hidden", "A" * 36, "\x00" * 36, f"{NAME}\n"]


def get(store: Store, key: str) -> bytes:
    with store.open(key) as reader:
        return b"".join(reader.chunks(0, reader.size))


def test_written_bytes_come_back(store: Store, attempt: str, random_bytes: bytes) -> None:
    put(store, attempt, random_bytes[:MIB], random_bytes[MIB:])

    assert get(store, attempt) == random_bytes


def test_size_hint_changes_nothing(store: Store, attempt: str, random_bytes: bytes) -> None:
    put(store, attempt, random_bytes, size=len(random_bytes))

    assert get(store, attempt) == random_bytes


@pytest.mark.parametrize("hint", [1, 3 * MIB])
def test_wrong_size_hint_does_no_harm(store: Store, attempt: str, hint: int) -> None:
    put(store, attempt, b"x" * 2 * MIB, size=hint)

    assert get(store, attempt) == b"x" * 2 * MIB


@pytest.mark.parametrize("hint", [None, 0])
def test_empty_object_is_legal(store: Store, attempt: str, hint: int | None) -> None:
    put(store, attempt, size=hint)

    assert get(store, attempt) == b""


def test_zeros_come_back_as_zeros(store: Store, attempt: str) -> None:
    put(store, attempt, bytes(MIB), b"x", bytes(MIB))

    assert get(store, attempt) == bytes(MIB) + b"x" + bytes(MIB)


def test_part_of_an_object_can_be_read(store: Store, attempt: str, random_bytes: bytes) -> None:
    put(store, attempt, random_bytes)

    with store.open(attempt) as reader:
        part = b"".join(reader.chunks(MIB - 7, MIB + 9))

    assert part == random_bytes[MIB - 7 : MIB + 9]


def test_empty_part_of_an_object_has_no_bytes(store: Store, attempt: str) -> None:
    put(store, attempt, b"bytes")

    with store.open(attempt) as reader:
        assert list(reader.chunks(3, 3)) == []


def test_confirmed_counts_every_byte_in_the_end(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"x" * 100)
    writer.write(bytes(MIB))

    writer.seal()

    assert writer.confirmed == MIB + 100


def test_unsealed_object_cannot_be_opened(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"half")

    with pytest.raises(ObjectMissing):
        store.open(attempt)

    writer.abort()


def test_unsealed_object_cannot_be_renamed(store: Store, attempt: str, final: str) -> None:
    writer = store.create(attempt, None)

    with pytest.raises(ObjectMissing):
        store.rename(attempt, final)

    writer.abort()


def test_abort_leaves_nothing(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"half")

    writer.abort()
    writer.abort()

    assert list(store.keys()) == []


def test_abort_after_seal_leaves_nothing(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"whole")
    writer.seal()

    writer.abort()

    assert list(store.keys()) == []


def test_key_is_taken_once(store: Store, attempt: str) -> None:
    put(store, attempt, b"first")

    with pytest.raises(ObjectExists):
        store.create(attempt, None)

    assert get(store, attempt) == b"first"


def test_key_of_an_unsealed_object_is_taken(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)

    with pytest.raises(ObjectExists):
        store.create(attempt, None)

    writer.abort()


def test_renamed_object_has_its_final_key_alone(store: Store, attempt: str, final: str) -> None:
    put(store, attempt, b"bytes")

    store.rename(attempt, final)

    assert list(store.keys()) == [final]
    assert get(store, final) == b"bytes"


def test_rename_never_replaces(store: Store, attempt: str, final: str) -> None:
    put(store, attempt, b"first")
    store.rename(attempt, final)
    second = another(attempt)
    put(store, second, b"second")

    with pytest.raises(ObjectExists):
        store.rename(second, final)

    assert get(store, final) == b"first"


def test_final_object_can_become_an_attempt_again(store: Store, attempt: str, final: str) -> None:
    put(store, attempt, b"bytes")
    store.rename(attempt, final)

    store.rename(final, attempt)

    assert list(store.keys()) == [attempt]
    assert get(store, attempt) == b"bytes"


def test_rename_of_nothing_is_missing(store: Store, attempt: str, final: str) -> None:
    with pytest.raises(ObjectMissing):
        store.rename(attempt, final)


def test_open_of_nothing_is_missing(store: Store, final: str) -> None:
    with pytest.raises(ObjectMissing):
        store.open(final)


def test_delete_leaves_nothing(store: Store, attempt: str, final: str) -> None:
    put(store, attempt, b"bytes")
    store.rename(attempt, final)

    store.delete(final)

    assert list(store.keys()) == []


@pytest.mark.parametrize("store", ["memory", "files"], indirect=True)
def test_delete_takes_an_unsealed_object(store: Store, attempt: str) -> None:
    writer = store.create(attempt, None)
    writer.write(b"half")

    store.delete(attempt)

    assert list(store.keys()) == []
    writer.abort()


def test_delete_of_nothing_is_no_error(store: Store, attempt: str, final: str) -> None:
    store.delete(attempt)
    store.delete(final)


def test_object_without_dependents_is_not_in_use(store: Store, attempt: str) -> None:
    put(store, attempt, b"bytes")

    assert store.in_use(attempt) is False


def test_nothing_is_not_in_use(store: Store, final: str) -> None:
    assert store.in_use(final) is False


@pytest.mark.parametrize("key", BAD_KEYS)
@pytest.mark.parametrize("act", ["open", "delete", "in_use", "url"])
def test_bad_key_is_refused(store: Store, key: str, act: str) -> None:
    with pytest.raises(BadKey):
        getattr(store, act)(key)


@pytest.mark.parametrize("key", [*BAD_KEYS, NAME])
def test_only_an_attempt_can_be_created(store: Store, key: str) -> None:
    with pytest.raises(BadKey):
        store.create(key, None)


@pytest.mark.parametrize("new_key", BAD_KEYS)
def test_bad_key_is_never_given(store: Store, attempt: str, new_key: str) -> None:
    with pytest.raises(BadKey):
        store.rename(attempt, new_key)


def test_url_names_the_object(store: Store, final: str) -> None:
    assert final in store.url(final)


def test_capacity_has_no_more_free_than_total(store: Store) -> None:
    room = store.capacity()

    assert (room.free or 0) <= (room.total or 0)


def test_good_settings_pass_the_checks(store: Store) -> None:
    assert list(store.checks()) == []
