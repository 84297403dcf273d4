"""Forms in the portal's look, tied to their hints and errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices

CHECKED = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class PortalForm(forms.Form):
    """A form with Bootstrap's classes on its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _look(field.widget))


def as_written(words: type[TextChoices]) -> list[tuple[str, str]]:
    """Return the choices of *words* under the names that the Image API gives them."""
    return [(word, word) for word in words.values]


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, CHECKED):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
