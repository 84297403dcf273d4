"""An upload session into memory: what it measures, limits, hashes and leaves behind."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores import session as session_module
from stores.backends.memory import MemoryStore
from stores.base import MIB
from stores.errors import (
    FormatMismatch,
    SizeMismatch,
    StoreDown,
    StoreFull,
    TooLarge,
    UnsafeContent,
)
from stores.inspection import Inspection
from stores.session import BLOCK, Blocks, Receipt, UploadSession

MakeSession = Callable[..., UploadSession]


class BrokenWriter:
    """A writer that goes wrong where a test says so."""

    confirmed = 0

    def __init__(self, at: str) -> None:
        self.at = at
        self.aborts = 0

    def write(self, chunk: bytes) -> None:
        self.fail("write")

    def seal(self) -> None:
        self.fail("seal")

    def abort(self) -> None:
        self.aborts += 1
        self.fail("abort")

    def fail(self, at: str) -> None:
        if at == self.at:
            raise StoreDown(at)


def hash_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("hash-")]


def receipt_of(content: bytes) -> Receipt:
    checksum = hashlib.md5(content).hexdigest()
    hash_value = hashlib.sha512(content).hexdigest()
    return Receipt(len(content), checksum, "sha512", hash_value, len(content) or None)


@pytest.mark.parametrize("count", [0, 1, 65536, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_receipt_is_of_the_very_bytes(
    make_session: MakeSession, random_bytes: bytes, count: int
) -> None:
    content = (random_bytes * 4)[:count]

    with make_session() as session:
        receipt = session.fill(content[at : at + MIB] for at in range(0, count, MIB))

    assert receipt == session.receipt == receipt_of(content)
    assert hash_threads() == []


def test_sealed_object_holds_the_bytes(
    make_session: MakeSession, memory: MemoryStore, attempt: str, random_bytes: bytes
) -> None:
    with make_session() as session:
        session.fill([random_bytes[:7], random_bytes[7:]])

    with memory.open(attempt) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == random_bytes


def test_session_without_a_seal_leaves_nothing(
    make_session: MakeSession, memory: MemoryStore, random_bytes: bytes
) -> None:
    with make_session() as session:
        session.write(random_bytes)

    assert list(memory.keys()) == []
    assert session.receipt is None
    assert hash_threads() == []


def test_abort_twice_is_once(make_session: MakeSession) -> None:
    writer = BrokenWriter(at="nowhere")
    session = make_session(writer)

    session.abort()
    session.abort()

    assert writer.aborts == 1


def test_closed_session_takes_nothing(make_session: MakeSession) -> None:
    session = make_session()
    session.abort()

    with pytest.raises(ValueError, match="closed"):
        session.write(b"more")
    with pytest.raises(ValueError, match="closed"):
        session.seal()


def test_session_that_lost_bytes_cannot_be_sealed(make_session: MakeSession) -> None:
    session = make_session(limit=3)
    session.write(b"123")
    with pytest.raises(TooLarge):
        session.write(b"4")

    with pytest.raises(ValueError, match="failed"):
        session.seal()


def test_limit_lets_itself_be_reached(make_session: MakeSession) -> None:
    with make_session(limit=10) as session:
        receipt = session.fill([b"12345", b"67890"])

    assert receipt.size == 10


def test_byte_over_the_limit_is_too_large(make_session: MakeSession, memory: MemoryStore) -> None:
    with pytest.raises(TooLarge), make_session(limit=10) as session:
        session.fill([b"12345", b"678901"])

    assert list(memory.keys()) == []


def test_grow_is_asked_when_the_limit_is_passed(make_session: MakeSession) -> None:
    asked: list[int] = []

    def grow(count: int) -> int:
        asked.append(count)
        return count + 5

    with make_session(limit=4, grow=grow) as session:
        session.fill([b"1234", b"5", b"67890", b"1"])

    assert asked == [5, 11]


def test_grow_may_lift_the_limit(make_session: MakeSession) -> None:
    with make_session(limit=1, grow=lambda _: None) as session:
        receipt = session.fill([b"12", b"34"])

    assert receipt.size == 4


def test_grow_that_gives_too_little_is_too_large(make_session: MakeSession) -> None:
    with pytest.raises(TooLarge), make_session(limit=1, grow=lambda count: count - 1) as session:
        session.write(b"12")


def test_refusal_of_grow_travels(make_session: MakeSession, memory: MemoryStore) -> None:
    def refuse(count: int) -> int:
        raise LookupError(count)

    with pytest.raises(LookupError), make_session(limit=1, grow=refuse) as session:
        session.write(b"12")

    assert list(memory.keys()) == []


def test_byte_more_than_declared_is_a_mismatch(make_session: MakeSession) -> None:
    with make_session(declared=4, limit=4) as session:
        session.write(b"1234")

        with pytest.raises(SizeMismatch):
            session.write(b"5")


def test_byte_less_than_declared_is_a_mismatch(make_session: MakeSession) -> None:
    with make_session(declared=4) as session:
        session.write(b"123")

        with pytest.raises(SizeMismatch):
            session.seal()


def test_wrong_format_is_never_sealed(make_session: MakeSession, memory: MemoryStore) -> None:
    inspection = Inspection("qcow2", "bare", enforce=True)

    with pytest.raises(FormatMismatch), make_session(inspection=inspection) as session:
        session.fill([b"no qcow2"])

    assert list(memory.keys()) == []


@pytest.mark.parametrize("size", [1, 63, 64, 512, 4096])
def test_verdict_does_not_depend_on_how_the_bytes_come(
    make_session: MakeSession, size: int
) -> None:
    content = b'#\nversion=1\ncreateType="monolithicFlat"\n' + b"#" * 700 + b"\0"

    with pytest.raises(UnsafeContent), make_session() as session:
        session.fill(content[at : at + size] for at in range(0, len(content), size))


def test_store_that_fails_in_write_surfaces(make_session: MakeSession, random_bytes: bytes) -> None:
    writer = BrokenWriter(at="write")

    with pytest.raises(StoreDown), make_session(writer) as session:
        session.fill([random_bytes] * 2)

    assert writer.aborts == 1
    assert hash_threads() == []


def test_store_that_fails_in_seal_surfaces(make_session: MakeSession) -> None:
    writer = BrokenWriter(at="seal")

    with pytest.raises(StoreDown), make_session(writer) as session:
        session.fill([b"bytes"])

    assert writer.aborts == 1
    assert session.receipt is None


def test_first_error_is_heard_when_the_abort_fails_too(make_session: MakeSession) -> None:
    with pytest.raises(TooLarge), make_session(BrokenWriter(at="abort"), limit=1) as session:
        session.write(b"12")


def test_abort_that_fails_alone_is_heard(make_session: MakeSession) -> None:
    with pytest.raises(StoreDown), make_session(BrokenWriter(at="abort")):
        pass


def test_error_in_a_hash_thread_surfaces(
    make_session: MakeSession, random_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session()
    session.write(random_bytes * 2)
    monkeypatch.setattr(session._digests._lanes[0], "_update", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError), session:
        session.fill([random_bytes] * 8)

    assert hash_threads() == []


def test_full_store_surfaces(attempt: str, make_session: MakeSession) -> None:
    store = MemoryStore("small", capacity=10)

    with pytest.raises(StoreFull), make_session(store.create(attempt, None)) as session:
        session.fill([b"12345678901"])

    assert list(store.keys()) == []


def test_confirmed_is_what_the_writer_confirms(make_session: MakeSession) -> None:
    with make_session() as session:
        session.write(bytes(BLOCK + 1))

        assert (session.count, session.confirmed) == (BLOCK + 1, BLOCK)


@given(st.lists(st.integers(0, 40), max_size=20))
def test_blocks_are_whole_and_in_order(sizes: list[int]) -> None:
    content = bytes(range(256)) * 4
    blocks, at = Blocks(), 0
    out: list[bytes] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_module, "BLOCK", 16)
        for size in sizes:
            out += blocks.add(content[at : at + size])
            at += size
        out += blocks.rest()

    assert b"".join(out) == content[:at]
    assert [len(block) for block in out[:-1]] == [16] * len(out[:-1])


def test_whole_block_is_not_copied() -> None:
    block = bytes(BLOCK)

    (passed,) = Blocks().add(block)

    assert passed is block
