"""Whole numbers as clients write them: ASCII digits, and never more than a column holds."""

from __future__ import annotations

import re

from images.api.errors import BadRequest

MOST = 2**63 - 1
"""What a database's largest whole number holds."""

NUMBER = re.compile(r"-?0*(\d{1,19})", re.ASCII)


def read_number(name: str, text: str, *, least: int = 0) -> int:
    """Return *text*, the value of *name*, as a number from *least* on, or raise `BadRequest`."""
    if NUMBER.fullmatch(text) is None or not least <= int(text) <= MOST:
        raise BadRequest(f"'{name}' must be a whole number from {least} to {MOST}.")
    return int(text)
