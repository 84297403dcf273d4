"""The custom properties of an image, as a table."""

from __future__ import annotations

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
from images.properties import MAX_NAME, RESERVED_PREFIX, check_name, readable
from portal.forms.look import PortalForm

MAX_VALUE = 65_535  # characters


class LinesField(forms.CharField):
    """A text of one or more lines, to the letter; browsers send each line's end as two."""

    widget = forms.Textarea(attrs={"rows": 1, "class": "form-control mono"})

    def to_python(self, value: Any) -> str:
        """Return the text with the line ends that it had."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class PropertyForm(PortalForm):
    """One row: a name and a value."""

    name = forms.CharField(label=_("Property"), max_length=MAX_NAME)
    value = LinesField(label=_("Value"), max_length=MAX_VALUE, required=False, strip=False)

    use_required_attribute = False

    def clean_name(self) -> str:
        """Refuse names that are fields of an image, or reserved."""
        name: str = self.cleaned_data["name"]
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


class PropertiesFormSet(BaseFormSet):  # type: ignore[type-arg] # no brackets at run time
    """All rows; no two may have one name."""

    def clean(self) -> None:
        """Refuse a name that stands twice."""
        kept = [form.cleaned_data["name"] for form in self._kept()]
        if len(set(kept)) != len(kept):
            raise forms.ValidationError(_("A property’s name stands twice."))

    def _kept(self) -> list[PropertyForm]:
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data.get("name") and form not in self.deleted_forms
        ]

    @property
    def changes(self) -> list[Change]:
        """What was changed on the page, and nothing else; removals come first."""
        gone = {form.initial["name"] for form in self.deleted_forms if form.initial}
        set_to = {}
        for form in self._kept():
            if not form.has_changed():
                continue
            if form.initial and form.initial["name"] != form.cleaned_data["name"]:
                gone.add(form.initial["name"])
            set_to[form.cleaned_data["name"]] = form.cleaned_data["value"]
        removed = [Change(Op.REMOVE, name) for name in sorted(gone - set_to.keys())]
        return removed + [Change(Op.SET, name, value) for name, value in set_to.items()]


Properties = forms.formset_factory(
    PropertyForm,
    formset=PropertiesFormSet,
    extra=2,
    can_delete=True,
    max_num=1000,  # the service's own limit answers before
)


def rows(image: Image, actor: Actor) -> list[dict[str, str]]:
    """Return the present properties that *actor* may read and set, as the table's initial rows."""
    shown = readable(image.property_values, actor).items()
    own = [(name, value) for name, value in shown if not name.startswith(RESERVED_PREFIX)]
    return [{"name": name, "value": value} for name, value in own]
