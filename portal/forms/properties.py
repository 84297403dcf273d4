"""The custom properties of an image, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _

from images.actors import Actor
from images.api.errors import BadRequest
from images.api.fields import BASE, check_field
from images.errors import ImageError
from images.lifecycle.changes import Change, Op
from images.models import Image
from images.properties import MAX_NAME, check_name, readable
from portal.forms.images import one_line
from portal.image.definitions import Definition, why_locked
from portal.image.seen import Seen
from portal.look import PortalForm

MAX_VALUE = 65_535  # characters


class LinesField(forms.CharField):
    """A text of one or more lines, to the letter; browsers send each line's end as two."""

    widget = forms.Textarea(attrs={"rows": 1, "class": "form-control mono"})

    def to_python(self, value: Any) -> str:
        """Return the text with the line ends that it had."""
        return with_line_ends(str(super().to_python(value)))


def with_line_ends(text: str) -> str:
    """Return *text* with one character for each end of a line, whatever it was."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class PropertyForm(PortalForm):
    """One row: a name and a value, of which the metadata definitions may know something."""

    name = forms.CharField(label=_("Property"), max_length=MAX_NAME)
    value = LinesField(label=_("Value"), max_length=MAX_VALUE, required=False, strip=False)

    use_required_attribute = False

    def __init__(self, *args: Any, known: Mapping[str, Definition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["list"] = "known-properties"
        self.fields["name"].required = not self.was or bool(one_line(self.was))
        self.definition = known.get(str(self["name"].value() or ""))
        if self.definition and self.definition.choices:
            self._offer(self.definition.choices)

    def _offer(self, choices: list[str]) -> None:
        """Let one of *choices* be chosen; a value that is there already stays what it is."""
        value = str(self["value"].value() or "")
        others = [] if value in choices else [value]
        self.fields["value"].widget = forms.Select(
            attrs={"class": "form-select mono"}, choices=[(one, one) for one in others + choices]
        )

    @property
    def was(self) -> str:
        """The name under which the row was shown; none of a new row."""
        return str(self.initial.get("name") or "")

    def clean_name(self) -> str:
        """Refuse names that are fields of an image, or reserved."""
        name: str = self.cleaned_data["name"]
        if name == one_line(self.was):
            return self.was
        if name in BASE:
            raise forms.ValidationError(_("This is a field of the image, not a property."))
        try:
            check_name(name)
        except ImageError:
            raise forms.ValidationError(_("This name is reserved.")) from None
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a value that the property cannot have."""
        data = self.cleaned_data
        if "name" in data and "value" in data:
            try:
                check_field(data["name"], data["value"])
            except BadRequest as trouble:
                self.add_error("value", str(trouble))
        return data

    def demand_fit(self) -> None:
        """Refuse a value that does not fit its definition; what was there already may stay."""
        if self.definition and (trouble := self.definition.trouble(self.cleaned_data["value"])):
            self.add_error("value", trouble)


class PropertiesFormSet(BaseFormSet):  # type: ignore[type-arg] # no brackets at run time
    """All rows; no two may have one name. *seen* is what the page showed of them."""

    def __init__(self, *args: Any, seen: Seen, **kwargs: Any) -> None:
        self._seen = seen
        super().__init__(*args, **kwargs)

    def add_fields(self, form: PropertyForm, index: int | None) -> None:
        """Give the box that removes a row the look of the others."""
        super().add_fields(form, index)
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> None:
        """Refuse a name that stands twice, and what was changed to a value that does not fit."""
        kept = [form.cleaned_data["name"] for form in self._kept()]
        if len(set(kept)) != len(kept):
            raise forms.ValidationError(_("A property’s name stands twice."))
        for form in self._kept():
            if self._is_changed(form):
                form.demand_fit()

    def _kept(self) -> list[PropertyForm]:
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("name") and form not in self.deleted_forms
        ]

    def _is_changed(self, form: PropertyForm) -> bool:
        name, value = form.cleaned_data["name"], form.cleaned_data["value"]
        return form.was != name or self._seen.is_changed(name, value)

    @property
    def changes(self) -> list[Change]:
        """What was changed on the page, and nothing else; removals come first."""
        gone = {form.was for form in self.deleted_forms if form.was}
        changed = [form for form in self._kept() if self._is_changed(form)]
        gone |= {form.was for form in changed if form.was not in {"", form.cleaned_data["name"]}}
        set_to = {form.cleaned_data["name"]: form.cleaned_data["value"] for form in changed}
        removed = [Change(Op.REMOVE, name) for name in sorted(gone - set_to.keys())]
        return removed + [Change(Op.SET, name, value) for name, value in set_to.items()]


Properties = forms.formset_factory(
    PropertyForm,
    formset=PropertiesFormSet,
    extra=2,
    can_delete=True,
    max_num=1000,  # the service's own limit answers before
)


@dataclass(frozen=True, slots=True)
class Locked:
    """A property that is shown, and why it is not changed here."""

    name: str
    value: str
    reason: str


def open_properties(
    image: Image, actor: Actor, known: Mapping[str, Definition]
) -> tuple[dict[str, str], list[Locked]]:
    """Return the properties that *actor* may set, by name, and those that are locked."""
    shown = sorted(readable(image.property_values, actor).items())
    found = [Locked(name, value, why_locked(name, actor, known)) for name, value in shown]
    free = {one.name: with_line_ends(one.value) for one in found if not one.reason}
    return free, [one for one in found if one.reason]
