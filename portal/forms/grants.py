"""Whom to grant what on one image, and until when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from images.errors import NotVisible
from images.states import GranteeKind, Right
from portal.identity.errors import SourceDown
from portal.look import PortalForm
from portal.refusals import in_words
from portal.sharing.grantees import find_grantee

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from images.models.grant import Grantee
    from portal.sharing.granted import Shown

MAX_NAME = 255
SENTENCES = {
    Right.VIEW: _("See it: its name, size, checksums, tags and properties."),
    Right.DOWNLOAD: _("Download its data."),
    Right.CHANGE: _("Change it: name, tags, properties, data; deactivate it."),
    Right.SHARE: _("Share it with others, who get no more than the one who shares it has."),
    Right.DELETE: _("Delete it."),
}
LABELS = {
    GranteeKind.PROJECT: _("Project"),
    GranteeKind.USER: pgettext_lazy("grantee", "Person"),
    GranteeKind.GROUP: _("Group"),
}
UNKNOWN = {
    GranteeKind.PROJECT: _("There is no project of that name."),
    GranteeKind.USER: _("There is no person of that name."),
    GranteeKind.GROUP: _("There is no group of that name."),
}


class EndField(forms.CharField):
    """The last day, or an exact time; nothing is no end."""

    widget = forms.DateInput(attrs={"type": "date"})

    def clean(self, value: Any) -> datetime | None:
        """Return the moment at which it ends: a day counts as a whole."""
        text = super().clean(value)
        if not text:
            return None
        try:
            day, moment = (
                parse_date(text),
                parse_datetime(text) if len(text) > len("Y-M-D") else None,
            )
        except ValueError:
            day = moment = None
        if day and day < date.max:
            return end_of(day)
        if moment and moment.tzinfo:
            return moment
        raise forms.ValidationError(_("Enter a day, such as 2030-12-31."))


class GrantForm(PortalForm):
    """A grantee by exact name, the rights that the actor has itself, and the last day."""

    name = forms.CharField(max_length=MAX_NAME, help_text=_("The exact name."))
    rights = forms.MultipleChoiceField(
        label=_("Rights"), widget=forms.CheckboxSelectMultiple, initial=[Right.VIEW, Right.DOWNLOAD]
    )
    until = EndField(
        label=_("Until"), help_text=_("The last day; empty is without an end."), required=False
    )

    def __init__(
        self, *args: Any, kind: GranteeKind, held: Collection[Right], **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id=f"{kind.value}_%s", **kwargs)
        self.kind = kind
        self.fields["name"].label = LABELS[kind]
        rights = self.fields["rights"]
        assert isinstance(rights, forms.MultipleChoiceField)  # noqa: S101 -- for the type checker
        rights.choices = [(right.value, SENTENCES[right]) for right in Right if right in held]
        self.fields["until"].widget.attrs["min"] = timezone.localdate().isoformat()

    @property
    def is_open(self) -> bool:
        """Was something typed, or filled in to be changed?"""
        return self.is_bound or bool(self.initial)

    def clean_name(self) -> Grantee:
        """Return the grantee of that name."""
        try:
            return find_grantee(self.kind, self.cleaned_data["name"])
        except NotVisible:
            raise forms.ValidationError(UNKNOWN[self.kind]) from None
        except SourceDown as trouble:
            raise forms.ValidationError(in_words(trouble)) from trouble


def as_typed(grants: Iterable[Shown], name: str | None) -> dict[str, Any]:
    """Return what one would type to grant *name* again what it has; nothing if that is nothing."""
    for shown in grants:
        if name in {shown.to.id, shown.to.name}:
            end = None if shown.grant.has_ended else shown.grant.expires_at
            until = last_day(end).isoformat() if end else ""
            return {"name": shown.to.name, "rights": shown.grant.shown_rights, "until": until}
    return {}


def end_of(day: date) -> datetime:
    """Return the moment at which *day* is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def last_day(end: datetime) -> date:
    """Return the last day before *end*."""
    return timezone.localdate(end - timedelta(microseconds=1))
