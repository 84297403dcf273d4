"""What an API token shall be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.actors import ADMIN, AUDITOR, MANAGER, MEMBER, READER, SERVICE
from portal.forms.look import PortalForm
from portal.identity.credentials import NewCredential

if TYPE_CHECKING:
    from images.actors import Actor

ROLES = {
    READER: _("reader: look at images"),
    MEMBER: _("member: upload, download, share"),
    MANAGER: _("manager: and manage the project’s people"),
    SERVICE: _("service: act for other parts of the cloud"),
    AUDITOR: _("auditor: look at everything, in every project"),
    ADMIN: _("admin: everything, in every project"),
}
DAYS = {
    "7": _("in 7 days"),
    "30": _("in 30 days"),
    "90": _("in 90 days"),
    "365": _("in a year"),
    "": _("never"),
}


class CredentialForm(PortalForm):
    """Name, role and expiry of a new token."""

    name = forms.CharField(
        label=_("Name"), max_length=255, help_text=_("What it is for, or where it is used.")
    )
    role = forms.ChoiceField(label=_("Role"), initial=MEMBER)
    days = forms.ChoiceField(
        label=_("Expires"), choices=list(DAYS.items()), initial="90", required=False
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 -- for the type checker
        role.choices = [(name, words) for name, words in ROLES.items() if name in actor.roles]

    @property
    def wanted(self) -> NewCredential:
        """Return what the verb takes."""
        days = self.cleaned_data["days"]
        return NewCredential(
            name=self.cleaned_data["name"],
            roles=(self.cleaned_data["role"],),
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
            never_ends=not days,
        )
