"""Whole numbers as clients write them: ASCII digits, and never more than a column holds."""

from __future__ import annotations

import re

from images.api.errors import BadRequest

MOST = 2**63 - 1
"""What a database's largest whole number holds."""

NUMBER = re.compile(r"(-?)0*(\d{1,19})", re.ASCII)


def read_number(name: str, text: str, *, least: int = 0) -> int:
    """Return *text*, the value of *name*, as a number from *least* on, or raise `BadRequest`."""
    number = whole_number(text)
    if number is None or not least <= number <= MOST:
        raise BadRequest(f"'{name}' must be a whole number from {least} to {MOST}.")
    return number


def whole_number(text: str) -> int | None:
    """Return the number that *text* writes with as many noughts before it as it likes.

    None for any other text, and for more than 19 digits: Python itself reads some thousand at most.
    """
    match = NUMBER.fullmatch(text)
    return int(match[1] + match[2]) if match else None
