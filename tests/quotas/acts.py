"""Acts on the ledger, each as both books keep it, and what it changes in the world."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from quotas import ledger
from quotas.account import Hold, Lot, Origin, Weight
from tests.quotas import book
from tests.quotas.book import Bill

PROJECTS = ("a", "b")
MOST = 6
"""Images that there are at most."""
BEFORE = ("begin", "begin", "begin", "attach", "import", "move", "lose", "delete")
DURING = ("grow", "grow", "grow", "finish", "finish", "abandon", "move", "delete")
DECLARED = tuple(name for name in DURING if name != "grow")
IMPORTING = ("imported", "imported", "move", "delete")
ACTS = {"create", *BEFORE, *DURING, *IMPORTING}
"""What may be drawn for an image without an upload, for one with it, and for one that imports."""

sizes = st.integers(0, 40)
origins = st.builds(Origin, st.sampled_from("st"), st.sampled_from("uv"))


@dataclass
class Imagined:
    """An image as far as a ledger cares: who pays, for which bytes, and what is under way."""

    project: str
    lots: list[Lot] = field(default_factory=list)
    hold: Hold | None = None
    imports: int = 0

    @property
    def holds(self) -> list[Hold]:
        return [self.hold] if self.hold else []

    @property
    def may_be(self) -> tuple[str, ...]:
        """Return what may be done with it now."""
        if self.imports:
            return IMPORTING
        if self.hold is None:
            return BEFORE
        return DURING if self.hold.size is None else DECLARED


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
        name = draw(st.sampled_from(image.may_be))
        if name == "begin":
            return self.begin(image, Hold(uuid.uuid4(), draw(st.none() | sizes), draw(origins)))
        if name in {"grow", "finish", "abandon"}:
            return self.of_upload(name, image, draw(sizes))
        if name == "attach":
            return self.attaching(image, Lot(draw(sizes), draw(origins)))
        plain = {"move": self.move, "lose": self.loss, "delete": self.deletion}
        return (plain | {"import": self.importing, "imported": self.imported})[name](image)

    def creation(self, project: str) -> Act:
        bill = self.bills[project]
        return Act(
            "create",
            None,
            lambda: ledger.count_image(project),
            bill.count_image,
            lambda: self.images.append(Imagined(project)),
        )

    def begin(self, image: Imagined, hold: Hold) -> Act:
        bill, project = self.bills[image.project], image.project
        return Act(
            "begin",
            image,
            lambda: ledger.reserve(project, hold),
            lambda: bill.reserve(hold),
            lambda: setattr(image, "hold", hold),
        )

    def of_upload(self, name: str, image: Imagined, size: int) -> Act:
        assert image.hold is not None
        hold, bill, project = image.hold, self.bills[image.project], image.project

        def end(*more: Lot) -> None:
            image.lots, image.hold = [*image.lots, *more], None

        on_ledger: dict[str, Callable[[], object]] = {
            "grow": lambda: ledger.grow(project, hold, size),
            "finish": lambda: ledger.settle(project, hold, size),
            "abandon": lambda: ledger.release(project, hold),
        }
        on_paper: dict[str, Callable[[], object]] = {
            "grow": lambda: bill.grow(hold, size),
            "finish": lambda: bill.settle(hold, size),
            "abandon": lambda: bill.release(hold),
        }
        lot = Lot(size, hold.origin)
        then = {"grow": lambda: None, "finish": lambda: end(lot), "abandon": end}
        return Act(name, image, on_ledger[name], on_paper[name], then[name])

    def attaching(self, image: Imagined, lot: Lot) -> Act:
        bill, project = self.bills[image.project], image.project
        return Act(
            "attach",
            image,
            lambda: ledger.take(project, lot),
            lambda: bill.take(lot),
            lambda: image.lots.append(lot),
        )

    def importing(self, image: Imagined) -> Act:
        bill, project = self.bills[image.project], image.project
        return Act(
            "import",
            image,
            lambda: ledger.begin_import(project),
            bill.begin_import,
            lambda: setattr(image, "imports", 1),
        )

    def imported(self, image: Imagined) -> Act:
        bill, project = self.bills[image.project], image.project
        return Act(
            "imported",
            image,
            lambda: ledger.end_import(project),
            bill.end_import,
            lambda: setattr(image, "imports", 0),
        )

    def loss(self, image: Imagined) -> Act:
        lots, bill, project = image.lots[:1], self.bills[image.project], image.project
        return Act(
            "lose",
            image,
            lambda: ledger.forget_bytes(project, lots),
            lambda: bill.forget_bytes(lots),
            lambda: setattr(image, "lots", image.lots[1:]),
        )

    def deletion(self, image: Imagined) -> Act:
        bill, project, lots = self.bills[image.project], image.project, image.lots

        def on_ledger() -> None:
            for hold in image.holds:
                ledger.release(project, hold)
            for _ in range(image.imports):
                ledger.end_import(project)
            ledger.forget_image(project, lots)

        def on_paper() -> None:
            for hold in image.holds:
                bill.release(hold)
            bill.imports -= image.imports
            bill.forget_image(lots)

        return Act("delete", image, on_ledger, on_paper, lambda: self.images.remove(image))

    def move(self, image: Imagined) -> Act:
        [target] = {*PROJECTS} - {image.project}
        giver, taker = self.bills[image.project], self.bills[target]
        source, weight = image.project, Weight([*image.lots], image.holds, image.imports)
        return Act(
            "move",
            image,
            lambda: ledger.move_image(source, target, weight),
            lambda: book.move_image(giver, taker, weight),
            lambda: setattr(image, "project", target),
        )
