"""Why a log-in, or an act on users and projects, is refused; the doors give it a status.

IdentityError
├── BadCredentials        unknown user, wrong password, disabled, dead secret: all alike
├── TooManyAttempts       wait, then try again
├── SourceDown            the Keystone, which knows, does not answer: wait, then try again
├── NotPermitted          known, but not allowed
├── Unknown               no such user, project, credential or link, or not the actor's to know
├── BadValue              a value that can never be right
│   └── BadField          the same, in the words of the field's own validators
├── NameTaken             another one has that name
├── AlreadyThere          whom one invites or adds is in already, or was asked
├── LastManager           nobody could manage the project any more: confirm it
├── StillNeeded           cannot be deleted: images, or a project, depend on it
└── TooManyInvitations    wait a day
"""

from __future__ import annotations

from django.core.exceptions import ValidationError


class IdentityError(Exception):
    """Any refusal in this app; its text is safe to show."""


class BadCredentials(IdentityError):
    """What was shown does not log anybody in; nobody learns why."""

    def __init__(self) -> None:
        super().__init__("The request you have made requires authentication.")


class TooManyAttempts(IdentityError):
    """Too many failed log-ins; *retry_after* is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many failed log-ins; try again in {retry_after} seconds.")
        self.retry_after = retry_after


class SourceDown(IdentityError):
    """Who would know does not answer; *retry_after* is in seconds."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__("The Keystone of this cloud does not answer; try again.")


class NotPermitted(IdentityError):
    """The actor may not do this."""

    def __init__(
        self, text: str = "You are not authorized to perform the requested action."
    ) -> None:
        super().__init__(text)


class Unknown(IdentityError):
    """There is no such thing, or the actor may not know of it."""


class BadValue(IdentityError):
    """A value that can never be right."""


class BadField(BadValue):
    """What a field's own validators refuse; the text is theirs, in the language of who asks."""

    def __init__(self, refusal: ValidationError) -> None:
        super().__init__(" ".join(refusal.messages))


class NameTaken(IdentityError):
    """Another one has that name."""


class AlreadyThere(IdentityError):
    """The person is in already, or was asked already."""


class LastManager(IdentityError):
    """After this nobody but an administrator could manage the project."""


class StillNeeded(IdentityError):
    """What is to be deleted owns something, or something depends on it; it can be suspended."""


class TooManyInvitations(IdentityError):
    """The project has invited as many people as it may in a day."""
