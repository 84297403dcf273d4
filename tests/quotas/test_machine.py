"""Random acts on the ledger from several connections, against the same kept on paper."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from images.errors import OverQuota
from quotas import ledger
from quotas.limits import set_limit
from quotas.models import Limit, Reservation, Resource, Usage
from tests.quotas import book
from tests.quotas.book import NONE, OVERDRAFT, SLICE, Bill, Refused
from tests.threads import needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]

PROJECTS = ("a", "b")
CONNECTIONS = 4
ACTS = ("create", "begin", "grow", "finish", "abandon", "lose", "delete", "move")
ALWAYS_DONE = {"abandon", "lose", "delete"}
PAIRS = {(act, True) for act in ACTS} | {(act, False) for act in set(ACTS) - ALWAYS_DONE}
SEEN: Counter[tuple[str, bool]] = Counter()

sizes = st.integers(0, 40)
limits = st.sampled_from([NONE, 0, 30, 60, 100])
counts = st.sampled_from([NONE, 0, 2, 4])


@dataclass
class Imagined:
    """An image as far as a ledger cares: who pays, for how many bytes, and its upload."""

    project: str
    size: int = 0
    attempt: uuid.UUID | None = None


@dataclass(frozen=True)
class Act:
    """One act in both books, and what it changes in the world when it is done."""

    name: str
    on_ledger: Callable[[], object]
    on_paper: Callable[[], object]
    then: Callable[[], object] = lambda: None


class Ledger(RuleBasedStateMachine):
    """Each rule is an act from one of the connections; both books tell the same after it."""

    threads: tuple[ThreadPoolExecutor, ...]

    def __init__(self) -> None:
        super().__init__()
        for rows in (Reservation, Usage, Limit):
            rows.objects.all().delete()
        self.bills = {project: Bill() for project in PROJECTS}
        self.images: list[Imagined] = []

    # --- The acts -------------------------------------------------------------------------------

    def act(self, draw: Any, name: str, image: Imagined | None) -> Act | None:
        """Return the act *name* on *image*, or None if it cannot be now."""
        if name == "create":
            return self.creation(draw(st.sampled_from(PROJECTS)))
        if image is None:
            return None
        if name == "begin":
            return None if image.attempt else self.begin(image, draw(st.none() | sizes))
        if name in {"grow", "finish", "abandon"}:
            return self.of_upload(name, image, draw(sizes)) if image.attempt else None
        if name == "move":
            return self.move(image)
        return self.loss(image) if name == "lose" else self.deletion(image)

    def creation(self, project: str) -> Act:
        bill = self.bills[project]
        return Act(
            "create",
            lambda: ledger.count_image(project),
            bill.count_image,
            lambda: self.images.append(Imagined(project)),
        )

    def begin(self, image: Imagined, size: int | None) -> Act:
        attempt, bill = uuid.uuid4(), self.bills[image.project]
        return Act(
            "begin",
            lambda: ledger.reserve(image.project, attempt, size),
            lambda: bill.reserve(attempt, size),
            lambda: setattr(image, "attempt", attempt),
        )

    def of_upload(self, name: str, image: Imagined, size: int) -> Act:
        assert image.attempt is not None
        attempt, bill = image.attempt, self.bills[image.project]

        def end(more: int) -> None:
            image.size, image.attempt = image.size + more, None

        return {
            "grow": Act(
                "grow",
                lambda: ledger.grow(image.project, attempt, size),
                lambda: bill.grow(attempt, size),
            ),
            "finish": Act(
                "finish",
                lambda: ledger.settle(image.project, attempt, size),
                lambda: bill.settle(attempt, size),
                lambda: end(size),
            ),
            "abandon": Act(
                "abandon",
                lambda: ledger.release(image.project, attempt),
                lambda: bill.release(attempt),
                lambda: end(0),
            ),
        }[name]

    def loss(self, image: Imagined) -> Act:
        size, bill = image.size, self.bills[image.project]
        return Act(
            "lose",
            lambda: ledger.forget_bytes(image.project, size),
            lambda: bill.forget_bytes(size),
            lambda: setattr(image, "size", 0),
        )

    def deletion(self, image: Imagined) -> Act:
        bill, attempts = self.bills[image.project], [image.attempt] if image.attempt else []

        def on_ledger() -> None:
            for attempt in attempts:
                ledger.release(image.project, attempt)
            ledger.forget_image(image.project, image.size)

        def on_paper() -> None:
            for attempt in attempts:
                bill.release(attempt)
            bill.forget_image(image.size)

        return Act("delete", on_ledger, on_paper, lambda: self.images.remove(image))

    def move(self, image: Imagined) -> Act:
        [target] = {*PROJECTS} - {image.project}
        attempts = [image.attempt] if image.attempt else []
        giver, taker = self.bills[image.project], self.bills[target]
        source, size = image.project, image.size
        return Act(
            "move",
            lambda: ledger.move_image(source, target, size=size, attempts=attempts),
            lambda: book.move_image(giver, taker, size, attempts),
            lambda: setattr(image, "project", target),
        )

    # --- What happens ---------------------------------------------------------------------------

    @rule(data=st.data(), name=st.sampled_from(ACTS), number=st.integers(0, CONNECTIONS - 1))
    def one(self, data: st.DataObject, name: str, number: int) -> None:
        """Do one act through one of the connections."""
        act = self.act(data.draw, name, self.drawn(data, []))
        if act:
            self.note(act, self.threads[number].submit(done, act.on_ledger))

    @precondition(lambda self: len(self.images) > 1)
    @rule(data=st.data(), names=st.tuples(st.sampled_from(ACTS), st.sampled_from(ACTS)))
    def two(self, data: st.DataObject, names: tuple[str, str]) -> None:
        """Begin the second act while the first has not committed: it waits, and comes after."""
        image = self.drawn(data, [])
        first = self.act(data.draw, names[0], image)
        second = self.act(data.draw, names[1], self.drawn(data, [image]))
        if first and second:
            changed, go_on = Event(), Event()
            one = self.threads[0].submit(held_open, first.on_ledger, changed, go_on)
            changed.wait()
            other = self.threads[1].submit(done, second.on_ledger)
            go_on.set()
            self.note(first, one)
            self.note(second, other)

    @rule(
        project=st.sampled_from(PROJECTS),
        resource=st.sampled_from(Resource),
        most_bytes=limits,
        most_images=counts,
    )
    def limit(self, project: str, resource: Resource, most_bytes: int, most_images: int) -> None:
        """Set a limit, also below what is there."""
        bill = self.bills[project]
        if resource == Resource.IMAGE_SIZE_TOTAL:
            bill.most_bytes = most_bytes
            set_limit(project, resource, most_bytes)
        else:
            bill.most_images = most_images
            set_limit(project, resource, most_images)

    def drawn(self, data: st.DataObject, others: list[Imagined | None]) -> Imagined | None:
        """Return one of the images but *others*; an act of another would wait for its row."""
        free = [image for image in self.images if not any(image is other for other in others)]
        return data.draw(st.sampled_from(free)) if free else None

    def note(self, act: Act, future: Future[Any]) -> None:
        """Compare the outcome of *act* in both books; what it admits keeps to the limit."""
        before = [bill.taken for bill in self.bills.values()]
        try:
            expected = act.on_paper()
        except Refused:
            expected = Refused
        assert future.result(20) == expected, act.name
        SEEN[act.name, expected is not Refused] += 1
        if expected is not Refused:
            act.then()
        for bill, was in zip(self.bills.values(), before, strict=True):
            most = max(was, bill.most_bytes + OVERDRAFT)
            assert bill.most_bytes == NONE or bill.taken <= most

    def teardown(self) -> None:
        """Compare all of both books."""
        self.compare()

    @rule()
    def compare(self) -> None:
        """Compare the books, and that no more is taken than ever was admitted."""
        for project, bill in self.bills.items():
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
        settings=settings(
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
def small_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few bytes be a slice, and an overdraft."""
    monkeypatch.setattr(django_settings, "QUOTA_SLICE", SLICE)
    monkeypatch.setattr(django_settings, "QUOTA_OVERDRAFT", OVERDRAFT)


def test_both_books_tell_the_same() -> None:
    assert set(run(books=10, steps=60)) <= PAIRS


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
