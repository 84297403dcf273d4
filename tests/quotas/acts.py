"""Acts on the ledger, each as both books keep it, and what it changes in the world."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from quotas import ledger
from tests.quotas import book
from tests.quotas.book import Bill

PROJECTS = ("a", "b")
MOST = 6
"""Images that there are at most."""
BEFORE = ("begin", "begin", "begin", "move", "lose", "delete")
DURING = ("grow", "grow", "grow", "finish", "finish", "abandon", "move", "delete")
ACTS = {"create", *BEFORE, *DURING}
"""What may be drawn for an image without an upload, and for one with it."""

sizes = st.integers(0, 40)


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
    image: Imagined | None
    on_ledger: Callable[[], object]
    on_paper: Callable[[], object]
    then: Callable[[], object] = lambda: None


@dataclass
class World:
    """Two projects' bills on paper, and the images for which they pay."""

    bills: dict[str, Bill] = field(default_factory=lambda: {name: Bill() for name in PROJECTS})
    images: list[Imagined] = field(default_factory=list)

    def draw(self, draw: Any, *, beside: Imagined | None = None) -> Act:
        """Return an act that can be now: a new image, or one on an image but *beside*."""
        free = [image for image in self.images if image is not beside]
        if len(free) < MOST and (not free or draw(st.integers(0, MOST)) == 0):
            return self.creation(draw(st.sampled_from(PROJECTS)))
        image = draw(st.sampled_from(free))
        name = draw(st.sampled_from(DURING if image.attempt else BEFORE))
        if name == "begin":
            return self.begin(image, draw(st.none() | sizes))
        if name in {"grow", "finish", "abandon"}:
            return self.of_upload(name, image, draw(sizes))
        return {"move": self.move, "lose": self.loss, "delete": self.deletion}[name](image)

    def creation(self, project: str) -> Act:
        bill = self.bills[project]
        return Act(
            "create",
            None,
            lambda: ledger.count_image(project),
            bill.count_image,
            lambda: self.images.append(Imagined(project)),
        )

    def begin(self, image: Imagined, size: int | None) -> Act:
        attempt, bill = uuid.uuid4(), self.bills[image.project]
        return Act(
            "begin",
            image,
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
                image,
                lambda: ledger.grow(image.project, attempt, size),
                lambda: bill.grow(attempt, size),
            ),
            "finish": Act(
                "finish",
                image,
                lambda: ledger.settle(image.project, attempt, size),
                lambda: bill.settle(attempt, size),
                lambda: end(size),
            ),
            "abandon": Act(
                "abandon",
                image,
                lambda: ledger.release(image.project, attempt),
                lambda: bill.release(attempt),
                lambda: end(0),
            ),
        }[name]

    def loss(self, image: Imagined) -> Act:
        size, bill = image.size, self.bills[image.project]
        return Act(
            "lose",
            image,
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

        return Act("delete", image, on_ledger, on_paper, lambda: self.images.remove(image))

    def move(self, image: Imagined) -> Act:
        [target] = {*PROJECTS} - {image.project}
        attempts = [image.attempt] if image.attempt else []
        giver, taker = self.bills[image.project], self.bills[target]
        source, size = image.project, image.size
        return Act(
            "move",
            image,
            lambda: ledger.move_image(source, target, size=size, attempts=attempts),
            lambda: book.move_image(giver, taker, size, attempts),
            lambda: setattr(image, "project", target),
        )
