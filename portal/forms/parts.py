"""Limits of one project's stores and users as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.identity.errors import Unknown
from portal.identity.people import find_user
from portal.look import PortalForm
from portal.names import user_names
from portal.quotas.amounts import NotAnAmount, read_amount, typed_amount
from portal.quotas.limits import Change, Own, wanted_limit
from portal.quotas.parts import fault_of_part
from portal.templatetags.vitrine import short_size
from quotas.models import Part, Resource
from quotas.parts import origin_of
from stores.registry import all_stores

if TYPE_CHECKING:
    from django.forms import BoundField

SIZE = Resource.IMAGE_SIZE_TOTAL
PREFIX = "part:"
"""Before the name of a part, in the name of its field."""


class AmountField(forms.CharField):
    """A limit of a part; empty is none."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=64, required=False, **kwargs)
        self.widget.attrs["class"] = "form-control"


class PartsForm(PortalForm):
    """A field for each limit of a part of one project, and room for one more store and user."""

    new_store = forms.ChoiceField(label=gettext_lazy("Another store"), required=False)
    new_store_limit = AmountField(gettext_lazy("Limit of that store"))
    new_user = forms.CharField(
        label=gettext_lazy("Another user"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("The exact name of a user, or the ID."),
    )
    new_user_limit = AmountField(gettext_lazy("Limit of that user"))

    def __init__(self, *args: Any, project: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project
        self._parts = {
            part.name: part
            for part in Part.objects.filter(project=project).order_by("-store", "user")
        }
        self.changes: list[Change] = []
        sent = (key.removeprefix(PREFIX) for key in self.data if key.startswith(PREFIX))
        self._names = list(dict.fromkeys([*self._parts, *sent]))
        self._users = user_names(origin_of(name).user for name in self._names)
        for name in self._names:
            self.fields[PREFIX + name] = self._field(name)
        left = [name for name in all_stores() if f"store:{name}" not in self._parts]
        self.fields["new_store"].choices = [("", "–"), *((name, name) for name in left)]  # type: ignore[attr-defined]

    def _field(self, name: str) -> AmountField:
        of, part = origin_of(name), self._parts.get(name)
        label = _("Store %(name)s") if of.store else _("User %(name)s")
        whose = of.store or self._users.get(of.user, of.user)
        if part is None:  # taken away just now, and comes back
            return AmountField(label % {"name": whose})
        taken = _("Stored or on the way: %(size)s.")
        return AmountField(
            label % {"name": whose},
            initial=typed_amount(part.value, SIZE),
            help_text=taken % {"size": short_size(part.used + part.reserved)},
        )

    @property
    def part_fields(self) -> list[BoundField]:
        """The fields of the limits that there are."""
        return [self[PREFIX + name] for name in self._names]

    @property
    def has_stores_left(self) -> bool:
        """Is there a store without a limit of its own?"""
        return any(f"store:{name}" not in self._parts for name in all_stores())

    @property
    def typed_parts(self) -> list[tuple[str, str]]:
        """What was in the fields of the parts that change: sent again, it undoes the changes."""
        return [
            (PREFIX + one.part, typed_amount(one.before.hard, SIZE) if one.before else "")
            for one in self.changes
            if one.part
        ]

    def clean(self) -> dict[str, Any]:
        """Read all amounts; of a field that was not sent nothing changes."""
        for name in self._names:
            if PREFIX + name in self.data:
                self._clean_part(name)
        self._clean_store()
        self._clean_user()
        return self.cleaned_data

    def _clean_part(self, name: str) -> None:
        part, field = self._parts.get(name), PREFIX + name
        fault = "" if part else fault_of_part(origin_of(name), self._users)
        before = Own(part.value) if part else None
        try:
            after = wanted_limit(SIZE, self.cleaned_data.get(field, ""), None, before)
        except NotAnAmount as wrong:
            fault = fault or str(wrong)
        if fault:
            self.add_error(field, fault)
        elif after != before:
            self.changes.append(Change(self._project, SIZE, before, after, part=name))

    def _clean_store(self) -> None:
        store, amount = self._sent("new_store", _("Choose the store that this is the limit of."))
        if store and amount is not None:
            self._add(f"store:{store}", amount)

    def _clean_user(self) -> None:
        name, amount = self._sent("new_user", _("Name the user that this is the limit of."))
        part = self._part_of_user(name) if name else ""
        if part in self._parts:
            self.add_error("new_user", _("This user has a limit here already: change that."))
        elif part and amount is not None:
            self._add(part, amount)

    def _part_of_user(self, name: str) -> str:
        """Return the part of the user called *name*, or tell that there is none."""
        try:
            return f"user:{find_user(name).public_id}"
        except Unknown:
            told = _("No user, or more than one, is called “%(name)s”; give the ID.")
            self.add_error("new_user", told % {"name": name[:80]})
            return ""

    def _sent(self, field: str, nobody: str) -> tuple[str, int | None]:
        """Return who gets a limit, and which; say what is missing: *nobody*, or an amount."""
        whose, text = (self.cleaned_data.get(one, "") for one in (field, f"{field}_limit"))
        if text and not whose and field not in self.errors:
            self.add_error(field, nobody)
        if not whose:
            return "", None
        try:
            return whose, read_amount(text, SIZE)
        except NotAnAmount as wrong:
            self.add_error(f"{field}_limit", str(wrong))
        return whose, None

    def _add(self, name: str, amount: int) -> None:
        self.changes.append(Change(self._project, SIZE, None, Own(amount), part=name))
