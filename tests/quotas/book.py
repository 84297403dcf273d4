"""The ledger kept a second time, on paper: what each act does to a project's bill, or refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from quotas.account import Lot, Origin, Weight

SLICE, OVERDRAFT = 10, 25
"""Bytes, so few that every border is met often."""
NONE = -1
SIZE, COUNT, UPLOADING = "image_size_total", "image_count_total", "image_count_uploading"
LASTING = (SIZE, COUNT)
"""What has a soft line, at four fifths of its limit."""


class Refused(Exception):
    """There is no room."""


@dataclass(eq=False)
class Upload:
    """An upload under way, and what it holds: its declared bytes, or slices."""

    held: Lot
    is_declared: bool


@dataclass
class Bill:
    """What one project has: bytes by where they came from, images, uploads and what they hold."""

    most: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((SIZE, COUNT, UPLOADING), NONE)
    )
    parts: dict[Origin, int] = field(default_factory=dict)
    images: int = 0
    imports: int = 0
    stored: Counter[Origin] = field(default_factory=Counter)
    under_way: set[Upload] = field(default_factory=set)
    warned: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def used(self) -> int:
        return sum(self.stored.values())

    @property
    def reserved(self) -> int:
        return sum(upload.held.size for upload in self.under_way)

    @property
    def taken(self) -> int:
        return self.used + self.reserved

    @property
    def uploads(self) -> int:
        return len(self.under_way) + self.imports

    def of_part(self, part: Origin) -> tuple[int, int]:
        """Return what is used and reserved of *part*."""
        used = sum(size for origin, size in self.stored.items() if belongs(origin, part))
        held = [upload.held for upload in self.under_way]
        return used, sum(lot.size for lot in held if belongs(lot.origin, part))

    def rooms(self, held: Lot) -> list[int]:
        """Return how much may come if *held* did not count: in the project first."""
        limits = [(self.most[SIZE], self.taken)]
        limits += [
            (most, sum(self.of_part(part)))
            for part, most in self.parts.items()
            if belongs(held.origin, part)
        ]
        return [most - taken + held.size for most, taken in limits if most != NONE]

    def demand(self, resource: str, taken: int, more: int) -> None:
        if self.most[resource] != NONE and taken + more > self.most[resource]:
            raise Refused

    def demand_room(self, lots: Iterable[Lot]) -> None:
        coming = [*lots]
        self.demand(SIZE, self.taken, sum(lot.size for lot in coming))
        for part, most in self.parts.items():
            mine = [lot.size for lot in coming if belongs(lot.origin, part)]
            if mine and most != NONE and sum(self.of_part(part)) + sum(mine) > most:
                raise Refused

    def mind_lines(self, *, rises: Iterable[str] = (), falls: Iterable[str] = ()) -> None:
        """Tell of a line that is passed, once, and be ready to tell again below it."""
        for resource in LASTING:
            is_above = self.is_above(resource)
            if resource in rises and is_above and resource not in self.warned:
                self.told[resource] += 1
                self.warned.add(resource)
            if resource in falls and not is_above:
                self.warned.discard(resource)

    def is_above(self, resource: str) -> bool:
        now = self.used if resource == SIZE else self.images
        return self.most[resource] != NONE and now > self.most[resource] * 4 // 5

    def limit(self, resource: str, most: int) -> None:
        self.most[resource] = most
        self.mind_lines(falls=[resource])

    def count_image(self) -> None:
        self.demand(COUNT, self.images, 1)
        self.images += 1
        self.mind_lines(rises=[COUNT])

    def reserve(self, upload: Upload) -> int | None:
        """Admit an unknown size while the limits are kept; hold a declared one."""
        self.demand(UPLOADING, self.uploads, 1)
        self.demand_room([upload.held])
        self.under_way.add(upload)
        is_limited = self.most[SIZE] != NONE or self.parts
        return 0 if is_limited and not upload.is_declared else None

    def grow(self, upload: Upload, size: int) -> int | None:
        """Hold a slice more, up to the limits; the project's may be passed, a little."""
        rooms = self.rooms(upload.held)
        if not rooms:
            return None
        if self.most[SIZE] != NONE and size > rooms[0]:
            rooms[0] += OVERDRAFT
        if size > min(rooms):
            raise Refused
        upload.held = Lot(min(size + SLICE, *rooms), upload.held.origin)
        return upload.held.size

    def settle(self, upload: Upload, size: int) -> None:
        """What was held is paid for without a question; what is more, if there is room."""
        held = upload.held
        if size > held.size and any(size > room for room in self.rooms(held)):
            raise Refused
        self.under_way.remove(upload)
        self.use([Lot(size, held.origin)])

    def take(self, lot: Lot) -> None:
        self.demand_room([lot])
        self.use([lot])

    def land(self, lot: Lot) -> None:
        self.demand(UPLOADING, self.uploads, 1)
        self.take(lot)

    def use(self, lots: Iterable[Lot]) -> None:
        before = self.used
        for lot in lots:
            self.stored[lot.origin] += lot.size
        self.mind_lines(rises=[SIZE] if self.used > before else [])

    def release(self, upload: Upload) -> None:
        self.under_way.remove(upload)

    def begin_import(self) -> None:
        self.demand(UPLOADING, self.uploads, 1)
        self.imports += 1

    def end_import(self) -> None:
        self.imports -= 1

    def forget_image(self, lots: Iterable[Lot]) -> None:
        self.images -= 1
        self.mind_lines(falls=[COUNT])
        self.forget_bytes(lots)

    def forget_bytes(self, lots: Iterable[Lot]) -> None:
        before = self.used
        for lot in lots:
            self.stored[lot.origin] -= lot.size
        self.mind_lines(falls=[SIZE] if self.used < before else [])


def belongs(origin: Origin, part: Origin) -> bool:
    """Do bytes of *origin* count for the limit of *part*?"""
    return origin.store == part.store if part.store else origin.user == part.user


def move_image(source: Bill, target: Bill, weight: Weight, uploads: set[Upload]) -> None:
    """Move an image with all that it weighs, its *uploads* too, if the new owner has room."""
    target.demand(COUNT, target.images, 1)
    if uploads or weight.imports:
        target.demand(UPLOADING, target.uploads, len(uploads) + weight.imports)
    target.demand_room([*weight.lots, *weight.held])
    source.under_way -= uploads
    target.under_way |= uploads
    source.imports -= weight.imports
    target.imports += weight.imports
    source.forget_image(weight.lots)
    target.images += 1
    target.mind_lines(rises=[COUNT])
    target.use(weight.lots)
