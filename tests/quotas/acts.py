"""Acts on the ledger, each as both books keep it, and what it changes in the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from quotas import ledger
from quotas.account import Lot, Origin, Weight
from tests.quotas import book
from tests.quotas.book import Bill, Upload

PROJECTS = ("a", "b")
MOST = 6
"""Images that there are at most."""
BEFORE = ("begin", "begin", "begin", "attach", "land", "import", "move", "lose", "delete")
DURING = ("grow", "grow", "grow", "finish", "finish", "abandon", "move", "delete")
DECLARED = tuple(name for name in DURING if name != "grow")
IMPORTING = ("imported", "imported", "move", "delete")
ACTS = {"create", *BEFORE, *DURING, *IMPORTING}
"""What may be drawn for an image without an upload, for one with it, and for one that imports."""

sizes = st.integers(0, 40)
origins = st.builds(Origin, st.sampled_from("st"), st.sampled_from("uv"))


@dataclass(eq=False)  # two that look the same are two
class Imagined:
    """An image as far as a ledger cares: who pays, for which bytes, and what is under way."""

    project: str
    lots: list[Lot] = field(default_factory=list)
    upload: Upload | None = None
    imports: int = 0

    @property
    def uploads(self) -> set[Upload]:
        return {self.upload} if self.upload else set()

    @property
    def may_be(self) -> tuple[str, ...]:
        """Return what may be done with it now."""
        if self.imports:
            return IMPORTING
        if self.upload is None:
            return BEFORE
        return DECLARED if self.upload.is_declared else DURING


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
            size, origin = draw(st.none() | sizes), draw(origins)
            return self.begin(image, Upload(Lot(size or 0, origin), is_declared=size is not None))
        if name in {"grow", "finish", "abandon"}:
            return self.of_upload(name, image, draw(sizes))
        if name in {"attach", "land"}:
            return self.coming(name, image, Lot(draw(sizes), draw(origins)))
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

    def begin(self, image: Imagined, upload: Upload) -> Act:
        bill, project = self.bills[image.project], image.project
        return Act(
            "begin",
            image,
            lambda: ledger.reserve(project, upload.held, is_declared=upload.is_declared),
            lambda: bill.reserve(upload),
            lambda: setattr(image, "upload", upload),
        )

    def of_upload(self, name: str, image: Imagined, size: int) -> Act:
        assert image.upload is not None
        upload, bill, project = image.upload, self.bills[image.project], image.project
        held = upload.held

        def end(*more: Lot) -> None:
            image.lots, image.upload = [*image.lots, *more], None

        on_ledger: dict[str, Callable[[], object]] = {
            "grow": lambda: ledger.grow(project, held, size),
            "finish": lambda: ledger.settle(project, held, size),
            "abandon": lambda: ledger.release(project, held),
        }
        on_paper: dict[str, Callable[[], object]] = {
            "grow": lambda: bill.grow(upload, size),
            "finish": lambda: bill.settle(upload, size),
            "abandon": lambda: bill.release(upload),
        }
        lot = Lot(size, held.origin)
        then = {"grow": lambda: None, "finish": lambda: end(lot), "abandon": end}
        return Act(name, image, on_ledger[name], on_paper[name], then[name])

    def coming(self, name: str, image: Imagined, lot: Lot) -> Act:
        """Bytes come at once: they lay there already, or their upload is over as it begins."""
        bill, project = self.bills[image.project], image.project
        on_ledger, on_paper = {
            "attach": (ledger.take, bill.take),
            "land": (ledger.land, bill.land),
        }[name]
        return Act(
            name,
            image,
            lambda: on_ledger(project, lot),
            lambda: on_paper(lot),
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
            for upload in image.uploads:
                ledger.release(project, upload.held)
            for _ in range(image.imports):
                ledger.end_import(project)
            ledger.forget_image(project, lots)

        def on_paper() -> None:
            for upload in image.uploads:
                bill.release(upload)
            bill.imports -= image.imports
            bill.forget_image(lots)

        return Act("delete", image, on_ledger, on_paper, lambda: self.images.remove(image))

    def move(self, image: Imagined) -> Act:
        [target] = {*PROJECTS} - {image.project}
        giver, taker = self.bills[image.project], self.bills[target]
        source, uploads = image.project, image.uploads
        held = [upload.held for upload in uploads]
        weight = Weight([*image.lots], held, image.imports)
        return Act(
            "move",
            image,
            lambda: ledger.move_image(source, target, weight),
            lambda: book.move_image(giver, taker, weight, uploads),
            lambda: setattr(image, "project", target),
        )
