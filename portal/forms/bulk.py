"""What is asked of many images at once: which ones, and what to do to them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from images.states import Visibility
from portal.forms.images import MAX_TAG
from portal.lists.keyset import PAGE
from portal.look import PortalForm

ACTS = ("tag", "untag", "visibility", "restore", "deactivate", "reactivate", "trash", "delete")
WITH_TAG = ("tag", "untag")


class IdsField(forms.Field):
    """The ids of the rows that are ticked, one page of them at most."""

    widget = forms.SelectMultiple  # nobody shows it: the rows have the boxes

    def clean(self, value: Any) -> list[uuid.UUID]:
        """Return them, each once."""
        texts = dict.fromkeys(value or ())
        if not texts:
            raise forms.ValidationError(_("Tick at least one image."))
        if len(texts) > PAGE:
            raise forms.ValidationError(
                _("%(most)d images at once are the most."), params={"most": PAGE}
            )
        try:
            return [uuid.UUID(text) for text in texts]
        except ValueError:
            raise forms.ValidationError(_("This is no image’s id.")) from None


class WasField(forms.Field):
    """Visibilities as they were, each with its image before it: `ID visibility`."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> dict[uuid.UUID, str]:
        """Return them by id."""
        found = {}
        for text in (value or ())[:PAGE]:
            pk, _space, visibility = text.partition(" ")
            if visibility not in Visibility.values:
                raise forms.ValidationError(_("This is no visibility."))
            try:
                found[uuid.UUID(pk)] = visibility
            except ValueError:
                raise forms.ValidationError(_("This is no image’s id.")) from None
        return found


class BulkForm(PortalForm):
    """The bulk bar: an act for the ticked rows. *is_undo*: it takes another one back."""

    image = IdsField(label=_("Images"))
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    tag = forms.CharField(
        label=_("Tag"),
        max_length=MAX_TAG,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Tag")}),
    )
    visibility = forms.ChoiceField(
        label=_("Visibility"), choices=[("", _("Visibility")), *Visibility.choices], required=False
    )
    was = WasField(required=False)
    is_undo = forms.BooleanField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk_%s", **kwargs)

    @property
    def has_trash(self) -> bool:
        """Can what is deleted be brought back?"""
        return bool(settings.TRASH_DAYS)

    def clean(self) -> dict[str, Any]:
        """Ask for what the act needs."""
        data = self.cleaned_data
        act = data.get("act")
        if act in WITH_TAG and not data.get("tag") and "tag" not in self.errors:
            self.add_error("tag", _("Say which tag."))
        if act == "visibility" and not data.get("visibility") and "visibility" not in self.errors:
            self.add_error("visibility", _("Choose a visibility."))
        return data
