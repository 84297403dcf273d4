"""The forms of the sign-in pages."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import ID
from portal.look import PortalForm

REFUSED = _("This name and password do not fit together, or may not sign in.")


class SignInForm(PortalForm, AuthenticationForm):
    """Name and password; one wording for whatever is wrong with them."""

    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}


class FirstPasswordForm(PortalForm, SetPasswordForm):  # type: ignore[type-arg]  # the checker alone
    """A password for a user who has none."""


class NewPasswordForm(PortalForm, PasswordChangeForm):
    """Another password, for who knows the old one."""


class ResetForm(PortalForm):
    """Where to send the mail that sets another password."""

    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SwitchProjectForm(forms.Form):
    """Where to act from now on."""

    project = forms.RegexField(rf"^{ID.pattern}\Z")
