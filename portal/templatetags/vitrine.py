"""How pages write sizes, times, names and icons."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.utils.safestring import SafeString

register = template.Library()

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
STEP = 1024
SHAPES = {
    "active": "check-circle-fill",
    "deactivated": "pause-circle-fill",
    "queued": "circle",
}
"""The symbols of images that rest; the others move."""

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters, as Unicode has them, that are drawn as nothing."""

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # control, direction, zero width, line ends


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return a symbol of the sprite; the words beside it say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def status(value: str, words: str) -> SafeString:
    """Return the status *value* of an image as its symbol and *words*."""
    shape = SHAPES.get(value, "arrow-repeat")
    return format_html('<span class="status status-{}">{}{}</span>', value, icon(shape), words)


@register.filter
def size(count: int | None) -> SafeString | str:
    """Return *count* bytes in the unit that fits, with the exact number on hover and focus."""
    if count is None:
        return "–"
    exact = ngettext("%(count)s byte", "%(count)s bytes", count) % {
        "count": formats.number_format(count, force_grouping=True)
    }
    return format_html('<abbr title="{}">{}</abbr>', exact, short_size(count))


@register.filter
def amount(count: int, is_bytes: bool) -> SafeString | str:  # noqa: FBT001 -- filters have no keywords
    """Return *count*, of bytes in the unit that fits, of other things as a number."""
    return size(count) if is_bytes else formats.number_format(count, force_grouping=True)


@register.filter
def short_size(count: int) -> str:
    """Return *count* bytes in the unit that fits."""
    amount, unit = float(count), 0
    while amount >= STEP and unit < len(UNITS) - 1:
        amount, unit = amount / STEP, unit + 1
    digits = 1 if unit else 0
    return f"{formats.number_format(round(amount, digits), decimal_pos=digits)} {UNITS[unit]}"


@register.filter
def ago(time: datetime) -> SafeString:
    """Return how long ago *time* was, with the exact one on hover."""
    exact = formats.date_format(timezone.localtime(time), "DATETIME_FORMAT")
    is_fresh = timezone.now() - time < timedelta(minutes=1)
    words = _("just now") if is_fresh else _("%(time)s ago") % {"time": timesince(time, depth=1)}
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', time.isoformat(), exact, words
    )


@register.filter
def marked(text: object) -> str:
    """Return *text* with a visible mark in place of each character that nobody would see."""
    shown = str(text)
    if shown.isspace():
        return "".join(map(_mark, shown))
    if shown.isprintable() and BLANK.isdisjoint(shown):
        return shown
    return "".join(_mark(letter) if _is_unseen(letter) else letter for letter in shown)


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in HIDDEN or letter in BLANK


def _mark(letter: str) -> str:
    return f"⟨{ord(letter):04X}⟩"


@register.filter
def named(names: dict[str, str], key: str) -> str:
    """Return the name of *key*, or nothing if it has none here."""
    return names.get(key, "")


@register.filter
def within(path: str, place: str) -> bool:
    """Does *path* lie below *place*?"""
    return path.startswith(f"{place}/")


@register.simple_tag
def with_query(request: HttpRequest, **changes: object) -> str:
    """Return the query of this page with *changes*; a value of None takes a key away."""
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"
