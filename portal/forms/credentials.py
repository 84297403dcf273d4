"""What an API token shall be, and a service account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from images.actors import (
    ADMIN,
    ALL,
    AUDITOR,
    MANAGER,
    MEMBER,
    READ,
    READER,
    SERVICE,
    UPLOAD,
    Actor,
)
from portal.identity.credentials import NewCredential
from portal.look import PortalForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import Promise

ROLES = {
    READER: _("reader: look at images"),
    MEMBER: _("member: upload, download, share"),
    MANAGER: _("manager: and manage the project’s people"),
    SERVICE: _("service: act for other parts of the cloud"),
    AUDITOR: _("auditor: see everything, change nothing"),
    ADMIN: _("admin: everything, in every project"),
}
SCOPES = {
    READ: _("read: list and download, change nothing"),
    UPLOAD: _("upload: make images and put their data; no download, no deletion, no sharing"),
    ALL: _("all: whatever the role may do"),
}
DAYS = {7, 30, 90, 365}
NEVER = "never"


class CredentialForm(PortalForm):
    """Name, role, scope and expiry of a new token, which *actor* is going to use."""

    name = forms.CharField(
        label=_("Name"), max_length=255, help_text=_("What it is for, or where it is used.")
    )
    role = forms.ChoiceField(label=_("Role"), initial=MEMBER)
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=list(SCOPES.items()),
        initial=ALL,
        required=False,
        help_text=_("A program that leaks its token can do no more than this with it."),
    )
    days = forms.ChoiceField(label=_("Expires"), choices=lambda: list(_ends()), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 -- for the type checker
        role.choices = [(name, words) for name, words in ROLES.items() if name in actor.roles]
        self.fields["days"].initial = str(settings.CREDENTIAL_DAYS or NEVER)

    @property
    def wanted(self) -> NewCredential:
        """Return what the verb takes."""
        days = self.cleaned_data["days"]
        is_number = days not in {"", NEVER}
        return NewCredential(
            name=self.cleaned_data["name"],
            roles=(self.cleaned_data["role"],),
            scope=self.cleaned_data["scope"] or ALL,
            expires_at=timezone.now() + timedelta(days=int(days)) if is_number else None,
            never_ends=days == NEVER,
        )


class AccountForm(PortalForm):
    """Name and role of a new service account."""

    name = forms.CharField(
        label=_("Name"),
        max_length=63,
        help_text=_("Small letters, digits, dots, dashes and underscores, such as nightly-build."),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role, ROLES[role]) for role in (READER, MEMBER)], initial=MEMBER
    )


def _ends() -> Iterator[tuple[str, str | Promise]]:
    """Yield the ends that may be chosen."""
    most = settings.CREDENTIAL_DAYS_MAX
    for days in sorted((DAYS | {settings.CREDENTIAL_DAYS, most}) - {0}):
        if not most or days <= most:
            yield str(days), ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    if not most:
        yield NEVER, _("never")
