"""The ledger kept a second time, on paper: what each act does to a project's bill, or refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

SLICE, OVERDRAFT = 10, 25
"""Bytes, so few that every border is met often."""
NONE = -1


class Refused(Exception):
    """There is no room."""


@dataclass
class Bill:
    """What one project has, in bytes and images, and what its uploads hold."""

    most_bytes: int = NONE
    most_images: int = NONE
    images: int = 0
    used: int = 0
    held: dict[UUID, int] = field(default_factory=dict)

    @property
    def reserved(self) -> int:
        return sum(self.held.values())

    @property
    def taken(self) -> int:
        return self.used + self.reserved

    def left_beside(self, attempt: UUID | None = None) -> int:
        """Return the bytes that may still come if what *attempt* holds did not count."""
        return self.most_bytes - self.taken + (self.held.get(attempt, 0) if attempt else 0)

    def count_image(self) -> None:
        if self.most_images != NONE and self.images >= self.most_images:
            raise Refused
        self.images += 1

    def reserve(self, attempt: UUID, size: int | None) -> int | None:
        """Admit an unknown size while the limit is kept; hold a declared one."""
        if self.most_bytes != NONE and self.left_beside() < (size or 0):
            raise Refused
        self.held[attempt] = size or 0
        return 0 if size is None and self.most_bytes != NONE else None

    def grow(self, attempt: UUID, size: int) -> int | None:
        """Hold a slice more, up to the limit; what is there already may pass it, a little."""
        if self.most_bytes == NONE:
            return None
        room = self.left_beside(attempt)
        if size > room:
            room += OVERDRAFT
        if size > room:
            raise Refused
        self.held[attempt] = min(size + SLICE, room)
        return self.held[attempt]

    def settle(self, attempt: UUID, size: int) -> None:
        """What was held is paid for without a question; what is more, if there is room."""
        is_more = size > self.held[attempt]
        if is_more and self.most_bytes != NONE and size > self.left_beside(attempt):
            raise Refused
        del self.held[attempt]
        self.used += size

    def release(self, attempt: UUID) -> None:
        self.held.pop(attempt, None)

    def forget_image(self, size: int) -> None:
        self.images -= 1
        self.used -= size

    def forget_bytes(self, size: int) -> None:
        self.used -= size


def move_image(source: Bill, target: Bill, size: int, attempts: list[UUID]) -> None:
    """Move an image with all that it weighs, if the new owner has room for it."""
    held = {attempt: source.held[attempt] for attempt in attempts}
    weight = size + sum(held.values())
    has_count = target is source or target.most_images == NONE
    if not has_count and target.images >= target.most_images:
        raise Refused
    if target.most_bytes != NONE and target.left_beside() < weight:
        raise Refused
    for attempt in attempts:
        target.held[attempt] = source.held.pop(attempt)
    for bill, sign in ((source, -1), (target, 1)):
        bill.images += sign
        bill.used += sign * size
