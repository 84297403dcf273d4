"""Random acts on the ledger from several connections, against the same kept on paper."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from images.errors import OverQuota
from quotas.limits import set_limit
from quotas.models import Limit, Reservation, Resource, Usage
from tests.quotas.acts import ACTS, PROJECTS, Act, World
from tests.quotas.book import NONE, OVERDRAFT, SLICE, Refused
from tests.threads import needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]

CONNECTIONS = 4
ALWAYS_DONE = {"abandon", "lose", "delete"}
PAIRS = {(act, True) for act in ACTS} | {(act, False) for act in ACTS - ALWAYS_DONE}
SEEN: Counter[tuple[str, bool]] = Counter()

limits = st.sampled_from([NONE, 0, 20, 30, 60])
counts = st.sampled_from([NONE, 0, 2, 4])


class Ledger(RuleBasedStateMachine):
    """Each rule is an act from one of the connections; both books tell the same after it."""

    threads: tuple[ThreadPoolExecutor, ...]

    def __init__(self) -> None:
        super().__init__()
        for rows in (Reservation, Usage, Limit):
            rows.objects.all().delete()
        self.world = World()

    @rule(data=st.data(), number=st.integers(0, CONNECTIONS - 1))
    def one(self, data: st.DataObject, number: int) -> None:
        """Do one act through one of the connections."""
        act = self.world.draw(data.draw)
        self.note(act, self.threads[number].submit(done, act.on_ledger))
        self.compare()

    @rule(data=st.data())
    def two(self, data: st.DataObject) -> None:
        """Begin the second act while the first has not committed: it waits, and comes after."""
        first = self.world.draw(data.draw)
        second = self.world.draw(data.draw, beside=first.image)
        changed, go_on = Event(), Event()
        one = self.threads[0].submit(held_open, first.on_ledger, changed, go_on)
        changed.wait()
        other = self.threads[1].submit(done, second.on_ledger)
        go_on.set()
        self.note(first, one)
        self.note(second, other)
        self.compare()

    @rule(
        project=st.sampled_from(PROJECTS),
        resource=st.sampled_from(Resource),
        most_bytes=limits,
        most_images=counts,
    )
    def limit(self, project: str, resource: Resource, most_bytes: int, most_images: int) -> None:
        """Set a limit, also below what is there."""
        bill = self.world.bills[project]
        if resource == Resource.IMAGE_SIZE_TOTAL:
            bill.most_bytes = most_bytes
            set_limit(project, resource, most_bytes)
        else:
            bill.most_images = most_images
            set_limit(project, resource, most_images)

    def note(self, act: Act, future: Future[Any]) -> None:
        """Compare the outcome of *act* in both books; what it admits keeps to the limit."""
        before = [bill.taken for bill in self.world.bills.values()]
        try:
            expected = act.on_paper()
        except Refused:
            expected = Refused
        assert future.result(20) == expected, act.name
        SEEN[act.name, expected is not Refused] += 1
        if expected is not Refused:
            act.then()
        for bill, was in zip(self.world.bills.values(), before, strict=True):
            most = max(was, bill.most_bytes + OVERDRAFT)
            assert bill.most_bytes == NONE or bill.taken <= most

    def compare(self) -> None:
        """Compare the books."""
        for project, bill in self.world.bills.items():
            usage = Usage.objects.filter(pk=project).first() or Usage(project=project)
            told = (usage.images, usage.used, usage.reserved)
            assert told == (bill.images, bill.used, bill.reserved), project
            held = Reservation.objects.filter(usage=project).values_list("attempt", "size")
            assert dict(held) == bill.held


def done(act: Callable[[], object]) -> object:
    """Do *act* in a transaction, and return what came of it."""
    try:
        with transaction.atomic():
            return act()
    except OverQuota:
        return Refused


def held_open(act: Callable[[], object], changed: Event, go_on: Event) -> object:
    """Do the same, and commit only when it may *go_on*."""

    def wait() -> object:
        result = act()
        changed.set()
        go_on.wait()
        return result

    try:
        return done(wait)
    finally:
        changed.set()


def run(*, books: int, steps: int) -> Counter[tuple[str, bool]]:
    """Return how often each act was done or refused in *books* of *steps* each."""
    SEEN.clear()
    Ledger.threads = tuple(ThreadPoolExecutor(1) for _ in range(CONNECTIONS))
    run_state_machine_as_test(
        Ledger,
        settings=given(
            max_examples=books,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    for thread in Ledger.threads:
        thread.submit(connections.close_all).result()
        thread.shutdown()
    return SEEN


@pytest.fixture(autouse=True)
def small_bytes(settings: Any) -> None:
    """Let a few bytes be a slice, and an overdraft."""
    settings.QUOTA_SLICE, settings.QUOTA_OVERDRAFT = SLICE, OVERDRAFT


def test_both_books_tell_the_same() -> None:
    assert set(run(books=10, steps=50)) <= PAIRS


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_both_books_tell_the_same_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    seen = run(books=200, steps=200)

    told = [
        f"{act:10}{'done' if is_done else 'refused':8}{seen[act, is_done]:7}"
        for act, is_done in PAIRS
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *sorted(told), f"{sum(seen.values())} acts", ""]))
    assert sum(seen.values()) >= 20_000
    assert {pair: seen[pair] for pair in PAIRS if seen[pair] < 20} == {}
