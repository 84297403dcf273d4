"""What a list is narrowed by, each thing with the address of the list without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.lists.listing import SEARCH, TAG, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.forms.lists import ListForm
    from portal.lists.listing import Listing


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing, in words; *rest* is the list without it."""

    label: str
    value: str
    rest: str


def chips_of(listing: Listing, form: ListForm, names: Mapping[str, str]) -> list[Chip]:
    """Return what narrows *listing*; *names* are those of projects, by their ids."""
    return [
        Chip(label, shown, _address(listing, name, value))
        for name, value, label, shown in _parts(listing, form, names)
    ]


def _parts(
    listing: Listing, form: ListForm, names: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield name and value of the address, and both in words."""
    if listing.search:
        yield SEARCH, listing.search, _("Search"), listing.search
    for name, value in listing.active.items():
        field = form.fields[name]
        listed: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
        choices = dict(listed)
        shown = names.get(listing.owner, value) if name == "owner" else choices.get(value, value)
        yield name, value, str(field.label), str(shown)
    for tag in listing.tags:
        yield TAG, tag, str(form.fields[TAG].label), tag


def _address(listing: Listing, name: str, value: str) -> str:
    rest = without(listing.asked, name, value).urlencode()
    return reverse("image-list") + (f"?{rest}" if rest else "")
