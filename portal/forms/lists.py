"""What a list may be narrowed by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from images.states import DiskFormat, Status, Visibility
from portal.forms.look import PortalForm, as_written

ANY = ("", _("any"))


class ListForm(PortalForm):
    """The filters of the image list, as the address has them."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[ANY, *(one for one in Status.choices if one[0] != Status.DELETED)],
    )
    disk_format = forms.ChoiceField(label=_("Format"), choices=[ANY, *as_written(DiskFormat)])
    visibility = forms.ChoiceField(label=_("Visibility"), choices=[ANY, *Visibility.choices])
    tag = forms.CharField(label=_("Tag"), max_length=255)

    use_required_attribute = False
