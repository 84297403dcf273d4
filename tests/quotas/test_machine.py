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
from images.models import Event as Told
from quotas.account import Origin
from quotas.limits import set_limit
from quotas.models import Limit, Part, Resource, Usage
from quotas.parts import set_part_limit
from tests.quotas.acts import ACTS, PROJECTS, Act, World
from tests.quotas.book import (
    COUNT,
    LASTING,
    NONE,
    OVERDRAFT,
    SIZE,
    SLICE,
    UPLOADING,
    Bill,
    Refused,
)
from tests.threads import needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]

CONNECTIONS = 4
ALWAYS_DONE = {"abandon", "lose", "delete", "imported"}
PAIRS = {(act, True) for act in ACTS} | {(act, False) for act in ACTS - ALWAYS_DONE}
SEEN: Counter[tuple[str, bool]] = Counter()
WHY: Counter[tuple[str, str]] = Counter()
"""How often each limit refused: of which resource, and of which part."""
REASONS = {(SIZE, ""), (COUNT, ""), (UPLOADING, ""), (SIZE, "store:s"), (SIZE, "user:u")}

PARTED = "a"
PARTS = (Origin(store="s"), Origin(user="u"))
"""The project, the other has none, in which one of the stores and one of the users is limited."""
BYTES = [NONE, 0, 20, 30, 60]
LIMITS = {SIZE: BYTES, COUNT: [NONE, 0, 2, 4], UPLOADING: [NONE, NONE, 0, 1, 2]}


class Ledger(RuleBasedStateMachine):
    """Each rule is an act from one of the connections; both books tell the same after it."""

    threads: tuple[ThreadPoolExecutor, ...]

    def __init__(self) -> None:
        super().__init__()
        for rows in (Usage, Limit, Part):
            rows.objects.all().delete()
        self.world = World()
        self.last = Told.objects.order_by("pk").last()
        for part in PARTS:
            self.limit_part(part, NONE)

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

    @rule(project=st.sampled_from(PROJECTS), resource=st.sampled_from([*LIMITS]), data=st.data())
    def limit(self, project: str, resource: str, data: st.DataObject) -> None:
        """Set a limit, also below what is there."""
        most = data.draw(st.sampled_from(LIMITS[resource]))
        self.world.bills[project].limit(resource, most)
        set_limit(project, Resource(resource), most)

    @rule(part=st.sampled_from(PARTS), most=st.sampled_from(BYTES))
    def limit_part(self, part: Origin, most: int) -> None:
        """Do the same with the limit of a store or a user."""
        self.world.bills[PARTED].parts[part] = most
        set_part_limit(PARTED, part, most)

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
            most = max(was, bill.most[SIZE] + OVERDRAFT)
            assert bill.most[SIZE] == NONE or bill.taken <= most

    def compare(self) -> None:
        """Compare the books."""
        for project, bill in self.world.bills.items():
            usage = Usage.objects.filter(pk=project).first() or Usage(project=project)
            told = (usage.images, usage.used, usage.reserved, usage.uploads)
            assert told == (bill.images, bill.used, bill.reserved, bill.uploads), project
            warned = {SIZE: usage.warned_size, COUNT: usage.warned_count}
            assert {name for name, is_so in warned.items() if is_so} == bill.warned, project
            assert self.told_of(project) == [bill.told[resource] for resource in LASTING]
        self.compare_parts(self.world.bills[PARTED])

    def compare_parts(self, bill: Bill) -> None:
        """Compare what is kept of a store and of a user."""
        parts = {Origin(part.store, part.user): part for part in Part.objects.all()}
        told = {origin: (part.used, part.reserved) for origin, part in parts.items()}
        assert told == {part: bill.of_part(part) for part in PARTS}

    def told_of(self, project: str) -> list[int]:
        """Return how often *project* was warned, of each resource, since this ledger began."""
        told = Told.objects.filter(kind="quota.soft_line", project=project)
        told = told.filter(pk__gt=self.last.pk) if self.last else told
        return [told.filter(payload__resource=resource).count() for resource in LASTING]


def done(act: Callable[[], object]) -> object:
    """Do *act* in a transaction, and return what came of it."""
    try:
        with transaction.atomic():
            return act()
    except OverQuota as refusal:
        WHY[refusal.resource, refusal.part] += 1
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
    WHY.clear()
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
    seen = run(books=260, steps=200)

    told = [
        f"{act:10}{'done' if is_done else 'refused':8}{seen[act, is_done]:7}"
        for act, is_done in PAIRS
    ]
    told += [f"refused by {resource} {part}: {WHY[resource, part]}" for resource, part in WHY]
    warned = Told.objects.filter(kind="quota.soft_line").count()
    total = f"{sum(seen.values())} acts, {warned} warnings"
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *sorted(told), total, ""]))
    assert sum(seen.values()) >= 20_000
    assert {pair: seen[pair] for pair in PAIRS if seen[pair] < 20} == {}
    assert {reason: WHY[reason] for reason in REASONS if WHY[reason] < 20} == {}
    assert warned >= 20
