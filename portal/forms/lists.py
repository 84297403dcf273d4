"""What a list may be narrowed by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from images.states import DiskFormat, Status, Visibility
from portal.identity.models.saved_filter import MAX_NAME, MAX_QUERY
from portal.look import PortalForm, as_written
from portal.names import store_name
from stores.registry import all_stores

ANY = ("", _("any"))


class ListForm(PortalForm):
    """The filters of the image list, as the address has them; another tag is added to those."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[ANY, *(one for one in Status.choices if one[0] != Status.DELETED)],
    )
    disk_format = forms.ChoiceField(label=_("Format"), choices=[ANY, *as_written(DiskFormat)])
    visibility = forms.ChoiceField(label=_("Visibility"), choices=[ANY, *Visibility.choices])
    store = forms.ChoiceField(label=_("Store"))
    owner = forms.CharField(label=_("Owner"), max_length=255)
    tag = forms.CharField(label=_("Tag"), max_length=255)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        for field in self.fields.values():
            field.required = False
        store = self.fields["store"]
        assert isinstance(store, forms.ChoiceField)  # noqa: S101 -- for the type checker
        store.choices = [ANY, *((name, store_name(one)) for name, one in all_stores().items())]


class FilterNameForm(PortalForm):
    """The name under which a filter is kept."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)


class SaveFilterForm(FilterNameForm):
    """A filter, and its name."""

    query = forms.CharField(widget=forms.HiddenInput, max_length=MAX_QUERY, required=False)
