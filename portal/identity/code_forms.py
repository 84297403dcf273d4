"""The forms that show once more who it is, in the portal's look; wrong tries are counted."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from portal.identity.errors import BadCredentials, TooManyAttempts
from portal.identity.second_factor import use_code
from portal.look import PortalForm

LONGEST_NAME = 80  # characters, of a passkey
STUMBLES = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)
"""What the library of passkeys raises for what it cannot read: it asks for no type or length."""


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """Refuse what no passkey says as a wrong one."""
    try:
        yield
    except (*STUMBLES, struct.error) as trouble:
        raise get_adapter().validation_error("incorrect_code") from trouble


class CodeForm(PortalForm, AuthenticateForm):  # type: ignore[misc] # the library has no types
    """A code of the app, or a recovery code, at the log-in."""

    def clean_code(self) -> str:
        """Use the code up; too many wrong ones are answered 429 by the middleware."""
        code: str = self.cleaned_data["code"]
        request = context.request
        try:
            self.authenticator = use_code(self.user, code, request=request)
        except BadCredentials as refusal:
            raise forms.ValidationError(_("This code is wrong, or was used already.")) from refusal
        except TooManyAttempts as refusal:
            request.axes_locked_out, request.axes_retry_after = True, refusal.retry_after
            raise forms.ValidationError(_("Too many wrong codes.")) from refusal
        return code


class CodeAgainForm(CodeForm, ReauthenticateForm):  # type: ignore[misc] # the same
    """The same before a change of the account."""


class PasswordAgainForm(PortalForm, PasswordForm):  # type: ignore[misc] # the same
    """The password before a change of the account."""


class NewAppForm(PortalForm, ActivateTOTPForm):  # type: ignore[misc] # the same
    """The first code of an app, which shows that it was set up."""


class NewPasskeyForm(PortalForm, AddWebAuthnForm):  # type: ignore[misc] # the same
    """A name for a passkey, and whether it shall open the portal alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["name"])
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with it alone")
        alone.help_text = _(
            "It then asks for a finger, a face or a PIN, and neither name nor password is needed."
        )

    def clean(self) -> Any:
        """Read what the passkey says of itself."""
        with refusing_nonsense():
            return super().clean()


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc] # the same
    """A passkey at the log-in, in place of a code."""

    def clean_credential(self) -> Authenticator:
        """Return which of the user's passkeys it is."""
        with refusing_nonsense():
            return super().clean_credential()


class PasskeyAgainForm(PasskeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc] # the same
    """The same before a change of the account."""


class PasskeyAloneForm(PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc] # the same
    """The same in place of name and password."""


class PasskeyNameForm(PortalForm, EditWebAuthnForm):  # type: ignore[misc] # the same
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["name"])


def _name(field: forms.Field) -> None:
    """Say what the name is for, and how long it may be."""
    field.label = _("Name")
    field.help_text = _("By which you know it again: the device, or where the key is kept.")
    field.widget.attrs["maxlength"] = LONGEST_NAME
    field.validators.append(MaxLengthValidator(LONGEST_NAME))
