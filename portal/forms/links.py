"""For whom a download link is, until when, and how often it may be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from images.lifecycle.links import DEFAULT_DAYS, MOST_NOTE, MOST_USES, NewLink
from portal.look import PortalForm

DAYS = (1, 7, 30, 90, 365)


class LinkForm(PortalForm):
    """A new link."""

    note = forms.CharField(
        label=_("For whom"),
        max_length=MOST_NOTE,
        required=False,
        help_text=_("A word for yourself, to know the link by; who uses it does not see it."),
    )
    days = forms.TypedChoiceField(label=_("Expires"), coerce=int)
    max_uses = forms.IntegerField(
        label=_("Downloads at most"),
        min_value=1,
        max_value=MOST_USES,
        required=False,
        help_text=_("Empty: as many as they like."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.LINK_DAYS_MAX
        offered = sorted({days for days in DAYS if days <= most} | ({most} if most else set()))
        field = self.fields["days"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- for the type checker
        field.choices = [(days, _in_days(days)) for days in offered]
        field.initial = min(DEFAULT_DAYS, most)

    @property
    def wanted(self) -> NewLink:
        """Return what the verb takes."""
        return NewLink(
            note=self.cleaned_data["note"],
            expires_at=timezone.now() + timedelta(days=self.cleaned_data["days"]),
            max_uses=self.cleaned_data["max_uses"],
        )


def _in_days(days: int) -> str:
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
