"""When a credential ends: what may be asked for, and who is warned before it happens."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from images.actors import NOBODY
from portal.identity.errors import BadValue
from portal.identity.events import credential_facts, record_credential
from portal.identity.models import ApplicationCredential, Membership
from portal.identity.roles import Role

logger = logging.getLogger(__name__)

WARNED_BEFORE = (3, 14)  # days
LONGEST = 36_500  # days; beyond that the calendar ends
SLACK = timedelta(minutes=5)  # between the clocks of who asks and who answers


def usual_end() -> datetime | None:
    """Return the end of a credential for which nobody asked for one; None: never."""
    days = settings.CREDENTIAL_DAYS or settings.CREDENTIAL_DAYS_MAX
    days = min(days, settings.CREDENTIAL_DAYS_MAX or days, LONGEST)
    return timezone.now() + timedelta(days=days) if days else None


def allowed_end(asked: datetime | None) -> datetime | None:
    """Return *asked*, None being never, if a credential may end then; else raise `BadValue`."""
    most = min(settings.CREDENTIAL_DAYS_MAX, LONGEST)
    now = timezone.now()
    if asked is not None and asked <= now:
        raise BadValue("The field expires_at must lie in the future.")
    if most and (asked is None or asked > now + timedelta(days=most) + SLACK):
        raise BadValue(f"A credential ends after {most} days at the latest.")
    return asked


def told_already(end: datetime | None) -> int | None:
    """Return of which warning a credential with this new *end* has no need: days, or None."""
    left = end - timezone.now() if end else timedelta.max
    return next((days for days in WARNED_BEFORE if left <= timedelta(days=days)), None)


def warn_of_ends() -> int:
    """Warn of each credential that ends soon, once for each of `WARNED_BEFORE`; return how many."""
    now = timezone.now()
    soon = ApplicationCredential.objects.usable(now).select_related("user", "project")
    return sum(
        _warn(credential, days=days)
        for days, since in zip(WARNED_BEFORE, (0, *WARNED_BEFORE), strict=False)
        for credential in soon.filter(
            expires_at__gt=now + timedelta(days=since), expires_at__lte=now + timedelta(days=days)
        ).unwarned(days)
    )


def page_of(credential: ApplicationCredential) -> str:
    """Return the address of the page that lists *credential*."""
    if credential.user.is_robot:
        return reverse("service-account", args=[credential.user.public_id])
    return reverse("account")


@transaction.atomic
def _warn(credential: ApplicationCredential, *, days: int) -> bool:
    """Write the event and send the mail, unless another process does."""
    unwarned = ApplicationCredential.objects.filter(pk=credential.pk).unwarned(days)
    if not unwarned.update(warned_days=days):
        return False
    facts = credential_facts(credential)
    record_credential("ending", credential, NOBODY, days=days, **facts)
    if to := _addresses(credential):
        transaction.on_commit(lambda: _send_warning(credential, to))
    return True


def _addresses(credential: ApplicationCredential) -> list[str]:
    """Return where to write to: to the owner, or of a service account to those who manage it."""
    if not credential.user.is_robot:
        return [credential.user.email] if credential.user.email else []
    managers = Membership.objects.filter(project=credential.project_id, role=Role.MANAGER)
    addresses = managers.filter(user__is_active=True).values_list("user__email", flat=True)
    return [address for address in addresses if address]


def _send_warning(credential: ApplicationCredential, to: list[str]) -> None:
    """Write to each alone: not everybody wants the others to know an address."""
    subject = _("The API token %(name)s ends soon") % {"name": " ".join(credential.name.split())}
    text = _(
        "The API token %(name)s in the project %(project)s ends on %(end)s (UTC)."
        "\n\nRenew it or give it a new secret here: %(address)s"
    ) % {
        "name": credential.name,
        "project": credential.project.name,
        "end": date_format(credential.expires_at or "", "DATETIME_FORMAT"),
        "address": settings.PUBLIC_URL + page_of(credential),
    }
    try:
        for address in to:
            send_mail(subject, text, None, [address])
    except (SMTPException, OSError) as trouble:
        logger.warning("The warning of the end of %s was not sent: %s", credential.pk, trouble)
