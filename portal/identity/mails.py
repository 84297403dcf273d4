"""What mails say: plain text in the reader's language, with addresses of PUBLIC_URL alone."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from images.actors import NOBODY
from portal.identity.ends import page_of
from portal.identity.events import record_user
from portal.identity.keys import digest, new_secret
from portal.identity.models import ApplicationCredential, Invitation, Project, User
from portal.identity.people.finding import managers_of
from portal.templatetags.vitrine import short_size
from quotas.limits import WARNED, line_of
from quotas.models import Resource, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESET_PAUSE = timedelta(minutes=5)  # between two mails to one user, whoever asks for them


def send_invitation(pk: str, *, language: str) -> None:
    """Tell who was invited, if the invitation still holds; a mail address gets its secret now."""
    invitation = Invitation.objects.open().filter(pk=pk).select_related("user").first()
    if invitation is None:
        return
    if invitation.user is None:
        secret = new_secret("vn")
        Invitation.objects.filter(pk=pk).update(secret_hash=digest(secret))
        path, to = reverse("invitation", args=[secret]), invitation.email
    else:
        path, to = reverse("invitations"), invitation.user.email
        language = invitation.user.language or language
    if to:
        context = {"invitation": invitation, "address": settings.PUBLIC_URL + path}
        _send(to, "invitation", _invitation_subject, context, language=language)


def send_reset(email: str, *, language: str) -> None:
    """Send who has this address, and a password, a link that sets another one."""
    for user in User.objects.filter(email__iexact=email, is_active=True):
        if user.has_usable_password() and _is_first_in_a_while(user):
            uid = urlsafe_base64_encode(force_bytes(user.pk))
            token = default_token_generator.make_token(user)
            path = reverse("password_reset_confirm", args=[uid, token])
            context = {"user": user, "address": settings.PUBLIC_URL + path}
            with _uncounted_unless_sent(user):
                _send(
                    user.email,
                    "reset",
                    _reset_subject,
                    context,
                    language=user.language or language,
                )
            record_user("reset_mail", user, NOBODY)


def send_ending(about: str, *, language: str) -> None:
    """Tell somebody that an API token ends soon, unless it was renewed or revoked meanwhile.

    *about* is the token's id and the reader's, with a slash between.
    """
    pk, _slash, reader = about.partition("/")
    warned = ApplicationCredential.objects.exclude(warned_days=None).filter(pk=pk)
    credential = warned.select_related("user", "project").first()
    user = User.objects.filter(public_id=reader, is_active=True).exclude(email="").first()
    if credential and user:
        address = settings.PUBLIC_URL + page_of(credential)
        context = {"credential": credential, "address": address}
        _send(user.email, "ending", _ending_subject, context, language=user.language or language)


def send_soft_line(about: str, *, language: str) -> None:
    """Tell a manager, still one, of a project that is above a soft line, still or again.

    *about* is project/resource/user, by their ids.
    """
    pk, name, to = about.split("/")
    resource = Resource(name)
    project = Project.objects.filter(pk=pk).first()
    manager = managers_of(pk).filter(public_id=to).first()
    usage = Usage.objects.filter(pk=pk).first()
    line = line_of(pk, resource)
    used = getattr(usage, WARNED[resource][0], 0)
    if project is None or manager is None or not 0 <= line.soft < used:
        return
    amount = short_size if resource.is_bytes else str
    context = {
        "project": project,
        "resource": resource,
        "address": settings.PUBLIC_URL + reverse("project"),
    }
    language = manager.language or language
    with override(language):
        context |= {"used": amount(used), "soft": amount(line.soft), "limit": amount(line.hard)}
    _send(manager.email, "soft_line", _soft_line_subject, context, language=language)


def _is_first_in_a_while(user: User) -> bool:
    """Note that *user* gets a mail now, unless one went out just before."""
    now = timezone.now()
    rested = Q(reset_mail_at=None) | Q(reset_mail_at__lte=now - RESET_PAUSE)
    return bool(User.objects.filter(rested, pk=user.pk).update(reset_mail_at=now))


@contextmanager
def _uncounted_unless_sent(user: User) -> Iterator[None]:
    """Take the note back if the mail does not go out: the next try must not be held back by it."""
    with ExitStack() as undo:
        row = User.objects.filter(pk=user.pk)
        undo.callback(row.update, reset_mail_at=user.reset_mail_at)
        yield
        undo.pop_all()


def _invitation_subject(context: dict[str, Any]) -> str:
    return _("Invitation to the project %(project)s") % {"project": context["invitation"].project}


def _ending_subject(context: dict[str, Any]) -> str:
    return _("The API token %(name)s ends soon") % {"name": context["credential"].name}


def _reset_subject(context: dict[str, Any]) -> str:
    return _("Set a new password")


def _soft_line_subject(context: dict[str, Any]) -> str:
    return _("The project %(project)s comes near to its limit") % context


def _send(
    to: str,
    name: str,
    subject: Callable[[dict[str, Any]], str],
    context: dict[str, Any],
    *,
    language: str,
) -> None:
    with override(language):
        mail = EmailMessage(
            subject=" ".join(subject(context).split()),
            body=render_to_string(f"mail/{name}.txt", context),
            to=[to],
            headers={"Auto-Submitted": "auto-generated"},
        )
    mail.send()
