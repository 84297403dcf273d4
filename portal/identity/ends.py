"""When a credential ends: what may be asked for, and who is warned before it happens."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from images.actors import NOBODY
from images.lifecycle.transactions import retried
from portal.identity.errors import BadValue
from portal.identity.events import credential_facts, record_credential
from portal.identity.models import ApplicationCredential, User
from portal.identity.people.finding import managers_of
from portal.identity.post import post

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


@retried
@transaction.atomic
def _warn(credential: ApplicationCredential, *, days: int) -> bool:
    """Write the event and let mails be sent, unless another process does."""
    unwarned = ApplicationCredential.objects.filter(pk=credential.pk).unwarned(days)
    if not unwarned.update(warned_days=days):
        return False
    facts = credential_facts(credential)
    record_credential("ending", credential, NOBODY, days=days, **facts)
    for reader in _readers(credential):
        post("portal.identity.mails.send_ending", f"{credential.pk}/{reader.public_id}")
    return True


def _readers(credential: ApplicationCredential) -> list[User]:
    """Return to whom to write: the owner, or of a service account those who manage it.

    Each gets a mail alone: not everybody wants the others to know an address.
    """
    if not credential.user.is_robot:
        return [credential.user] if credential.user.email else []
    return list(managers_of(credential.project_id).order_by("pk"))
