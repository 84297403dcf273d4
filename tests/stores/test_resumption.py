from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from stores import resumption
from stores.backends.memory import MemoryStore
from stores.base import MIB, Store, Stretch
from stores.digests import LastingDigests
from stores.errors import ChecksumMismatch, SizeMismatch, StoreFull
from stores.inspection import Inspection
from stores.resumption import Resumption, measured
from stores.session import BLOCK, Bounds
from tests.stores.conftest import put

Told = list[tuple[int, int, bytes]]
Resume = Callable[..., Resumption]


@pytest.fixture
def told() -> Told:
    """Return what is confirmed."""
    return []


@pytest.fixture
def resume(memory: MemoryStore, attempt: str, told: Told) -> Resume:
    """Return who opens the next stretch, at what was confirmed last."""
    memory.create(attempt, None).suspend()

    def open_next(declared: int | None = None) -> Resumption:
        count, reach, state = told[-1] if told else (0, 0, LastingDigests().state())
        writer = memory.reopen(attempt, Stretch(count, reach))
        session = Resumption(writer, count=count, bounds=Bounds(limit=None, declared=declared))
        session.digests = LastingDigests.restored(state, count=count)
        session.confirm = lambda *facts: told.append(facts)
        return session

    return open_next


def test_hash_goes_on_over_stretches(resume: Resume, random_bytes: bytes) -> None:
    for start in range(0, 3 * MIB, 300_000):
        session = resume()
        session.write(random_bytes[start : start + 300_000][: 3 * MIB - start])
        session.suspend(confirm=True)

    last = resume(declared=len(random_bytes))
    last.write(random_bytes[3 * MIB :])

    expected = hashlib.md5(random_bytes).hexdigest(), hashlib.sha512(random_bytes).hexdigest()
    assert (last.seal(), last.is_sealed) == (expected, True)


def test_every_byte_counts_when_it_is_suspended(resume: Resume, told: Told) -> None:
    session = resume()
    session.write(b"x" * 77)

    session.suspend(confirm=True)

    assert [facts[:2] for facts in told] == [(77, 77)]


def test_bytes_count_on_the_way(
    resume: Resume, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumption, "STRIDE", 2 * BLOCK)
    session = resume()

    session.write(bytes(5 * BLOCK))

    assert [facts[:2] for facts in told] == [(2 * BLOCK, 4 * BLOCK), (4 * BLOCK, 6 * BLOCK)]


def test_slow_bytes_count_too(resume: Resume, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumption, "PAUSE", 0)
    session = resume()

    session.write(bytes(3 * BLOCK))

    assert [facts[0] for facts in told] == [BLOCK, 2 * BLOCK]


def test_piece_that_is_checked_counts_as_a_whole(
    resume: Resume, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumption, "STRIDE", BLOCK)
    session = resume()
    session.confirms_between = False

    session.write(bytes(4 * BLOCK))
    session.suspend(confirm=False)

    assert told == []


def test_nothing_counts_after_a_failed_write(told: Told, attempt: str) -> None:
    small = MemoryStore(f"small-{attempt}", capacity=BLOCK)
    session = Resumption(
        small.create(attempt, None), count=0, bounds=Bounds(limit=None, declared=None)
    )
    session.confirm = lambda *facts: told.append(facts)

    with pytest.raises(StoreFull):
        session.write(bytes(2 * BLOCK + 7))
    session.suspend(confirm=True)

    assert told == []


@pytest.mark.parametrize("sent", [9, 11])
def test_other_bytes_than_declared_are_a_mismatch(resume: Resume, sent: int) -> None:
    session = resume(declared=10)

    with pytest.raises(SizeMismatch):
        session.write(b"x" * sent)
        session.seal()


@pytest.mark.parametrize("state", [b"", b"{}", b"nonsense", b"[]"])
def test_hash_that_cannot_be_restored_is_none(state: bytes) -> None:
    assert LastingDigests.restored(state, count=0) is None


def test_hash_of_another_offset_is_none() -> None:
    digests = LastingDigests()
    digests.update(b"abc")

    assert LastingDigests.restored(digests.state(), count=2) is None


def judged(store: Store, key: str, hashes: Any, *, expected: str = "", kind: str = "raw") -> Any:
    """Return the receipt of the object, and how many bytes were looked at for it."""
    seen: list[object] = []
    inspection = Inspection(kind, "bare", enforce=True)
    with store.open(key) as reader:
        receipt = measured(
            reader, inspection, hashes, expected=expected, demand_wanted=lambda: seen.append(1)
        )
    return receipt, len(seen) * BLOCK


def test_little_is_read_back_when_the_hash_is_known(memory: MemoryStore, attempt: str) -> None:
    put(memory, attempt, b"x" * 40 * MIB)

    receipt, seen = judged(memory, attempt, ("m", "s"))

    assert (receipt.size, receipt.checksum, receipt.hash_value) == (40 * MIB, "m", "s")
    assert receipt.virtual_size == 40 * MIB
    assert seen <= 2 * BLOCK


def test_all_is_read_back_when_it_is_not(
    memory: MemoryStore, attempt: str, random_bytes: bytes
) -> None:
    put(memory, attempt, random_bytes)

    receipt, _ = judged(memory, attempt, None)

    assert receipt.checksum == hashlib.md5(random_bytes).hexdigest()
    assert receipt.hash_value == hashlib.sha512(random_bytes).hexdigest()


@pytest.mark.parametrize("name", ["md5", "sha256", "sha512"])
@pytest.mark.parametrize("lasting", [True, False])
def test_expected_checksum_is_demanded(
    memory: MemoryStore, attempt: str, name: str, *, lasting: bool
) -> None:
    put(memory, attempt, b"bytes")
    right, wrong = (hashlib.new(name, text).hexdigest() for text in (b"bytes", b"other"))
    digests = LastingDigests(*resumption.extra_hashes(right))
    digests.update(b"bytes")
    hashes = digests.finish() if lasting else None

    assert judged(memory, attempt, hashes, expected=right)[0].size == 5
    with pytest.raises(ChecksumMismatch) as refusal:
        judged(memory, attempt, hashes, expected=wrong)

    assert right in str(refusal.value)
    assert wrong in str(refusal.value)
