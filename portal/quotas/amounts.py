"""Amounts as people write them: "500 GiB", "1.5 TiB", "12", "no limit"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from quotas.limits import UNLIMITED

if TYPE_CHECKING:
    from quotas.models import Resource

GREATEST = 2**63 - 1
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
STEP, DECIMAL_STEP = 1024, 1000
FACTORS = (
    {"": 1}
    | {unit.lower(): STEP**power for power, unit in enumerate(UNITS)}
    | {unit[0].lower(): STEP**power for power, unit in enumerate(UNITS)}
    | {f"{unit[0].lower()}b": DECIMAL_STEP**power for power, unit in enumerate(UNITS) if power}
)
"""What a unit stands for; a letter alone is the binary one, as everywhere around disks."""

NO_LIMIT = "no limit"
NO_LIMITS = frozenset({NO_LIMIT, "unlimited", "-1"})
AMOUNT = re.compile(r"(\d{1,19}(?:\.\d{1,9})?) ?([a-z]*)", re.ASCII)


class NotAnAmount(ValueError):
    """A text that is no amount; it says what would be one."""


def read_amount(text: str, resource: Resource) -> int:
    """Return the limit of *resource* that *text* means: bytes or a count, `UNLIMITED`.

    Raises `NotAnAmount`.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if plain in NO_LIMITS | {_("no limit").casefold()}:
        return UNLIMITED
    found = AMOUNT.fullmatch(plain)
    factor = FACTORS.get(found[2]) if found else None
    if found is None or factor is None or (not resource.is_bytes and not found[0].isdigit()):
        raise NotAnAmount(_example(resource))
    amount = int(Decimal(found[1]) * factor)
    if amount > GREATEST:
        raise NotAnAmount(_("That is more than can be counted; “no limit” is a limit, too."))
    return amount


def write_amount(amount: int, resource: Resource) -> str:
    """Return *amount* as `read_amount` takes it, exactly, and as a file in any language has it."""
    if amount == UNLIMITED:
        return NO_LIMIT
    if not resource.is_bytes:
        return str(amount)
    power = 0
    while amount and amount % STEP == 0 and power < len(UNITS) - 1:
        amount, power = amount // STEP, power + 1
    return f"{amount} {UNITS[power]}"


def typed_amount(amount: int, resource: Resource) -> str:
    """Return *amount* as a person types it, in the language of the page."""
    return _("no limit") if amount == UNLIMITED else write_amount(amount, resource)


def _example(resource: Resource) -> str:
    if resource.is_bytes:
        return _("Write an amount such as 500 GiB, 1.5 TiB or 1000 B, or “no limit”.")
    return _("Write a whole number, or “no limit”.")
