"""Limits of one project as people write them, and those of many as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.parts import PartsForm
from portal.look import PortalForm
from portal.quotas.amounts import NotAnAmount, typed_amount
from portal.quotas.limits import Change, own_limits, wanted_limit
from quotas.limits import usual_limits
from quotas.models import Resource

if TYPE_CHECKING:
    from django.forms import BoundField

MOST_BYTES = 900_000
"""Of a file that comes by the page: its text goes along to the preview and back, in one field."""


class HardField(forms.CharField):
    """A limit; empty is the default."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Limit"), max_length=64, required=False)


class SoftField(forms.CharField):
    """A soft line; empty is the usual percentage."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Soft line"), max_length=64, required=False)


class LimitsForm(PartsForm):
    """Limit and soft line of each resource of one project, and limits of its parts."""

    image_size_total = HardField()
    image_size_total_soft = SoftField()
    image_count_total = HardField()
    image_count_total_soft = SoftField()
    image_count_uploading = HardField()
    image_count_uploading_soft = SoftField()
    image_stage_total = HardField()
    image_stage_total_soft = SoftField()

    def __init__(self, *args: Any, project: str, **kwargs: Any) -> None:
        self._project, self._own = project, own_limits([project])
        super().__init__(*args, project=project, **kwargs | {"initial": self._typed()})
        percent = _("usual: %(percent)s %%") % {"percent": settings.QUOTA_SOFT_PERCENT}
        amounts = usual_limits(project)
        for resource in Resource:
            usual = typed_amount(amounts[resource], resource)
            default = _("default: %(amount)s") % {"amount": usual}
            self.fields[resource.value].widget.attrs["placeholder"] = default
            self.fields[soft_name(resource)].widget.attrs["placeholder"] = percent

    def _typed(self) -> dict[str, str]:
        """Return what one would type for the limits that hold."""
        typed = {}
        for resource in Resource:
            own = self._own.get((self._project, resource))
            soft = own.soft if own else None
            typed[resource.value] = typed_amount(own.hard, resource) if own else ""
            typed[soft_name(resource)] = "" if soft is None else typed_amount(soft, resource)
        return typed

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was in the fields before anybody typed: sent again, it undoes the changes."""
        return [*self._typed().items(), *self.typed_parts]

    @property
    def pairs(self) -> list[tuple[Resource, BoundField, BoundField]]:
        """The two fields of each resource."""
        return [(one, self[one.value], self[soft_name(one)]) for one in Resource]

    def clean(self) -> dict[str, Any]:
        """Read both amounts of each resource together."""
        for resource in Resource:
            before = self._own.get((self._project, resource))
            hard = self.cleaned_data.get(resource.value, "")
            soft = self.cleaned_data.get(soft_name(resource), "")
            try:
                after = wanted_limit(resource, hard, soft, before)
            except NotAnAmount as wrong:
                self.add_error(resource.value, str(wrong))
                continue
            if after != before:
                self.changes.append(Change(self._project, resource, before, after))
        return super().clean()


class SheetForm(PortalForm):
    """A file of limits to look at; then its *text* again, with the *mark* of what was shown."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    mark = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_file(self) -> str:
        """Return what the file says."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is too large for this page; use the command `manage.py limits`.")
            )
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Demand one of both."""
        if not (self.errors or self.content):
            self.add_error("file", _("Choose a file that is not empty."))
        return self.cleaned_data

    @property
    def content(self) -> str:
        """What the file says, or said when it was looked at."""
        found: str = self.cleaned_data.get("file") or self.cleaned_data.get("text", "")
        return found


def soft_name(resource: Resource) -> str:
    """Return the name of the field of a soft line."""
    return f"{resource.value}_soft"
