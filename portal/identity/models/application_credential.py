"""What programs log in with: a secret of one user for one project."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from images.actors import ALL, SCOPES
from images.prepared import Slot
from portal.identity.keys import digest, new_id
from portal.identity.models.project import Project

SOON = timedelta(days=14)


class ApplicationCredentialQuerySet(models.QuerySet["ApplicationCredential"]):
    """Credentials by what still holds."""

    def usable(self, now: datetime | Slot | None = None) -> Self:
        """Neither at their end nor of a suspended user."""
        now = now or timezone.now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), user__is_active=True)

    def unwarned(self, days: int) -> Self:
        """Those of whose end nobody was warned *days* before, or later."""
        return self.filter(Q(warned_days=None) | Q(warned_days__gt=days))


class ApplicationCredential(models.Model):
    """A robot account, or a person's API token: both are the same thing.

    *roles* are names, as they were chosen; what counts is what the user still holds of them, and of
    the acts that those permit only the ones in *scope*. One that is not *unrestricted* may not
    make, change or delete credentials. The secret before the last one opens until
    *old_secret_until*. *warned_days*: of the end so many days before was warned, or need not be.
    """

    id = models.CharField(_("id"), max_length=32, primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="application_credentials",
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.CASCADE,
        related_name="application_credentials",
    )
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    secret_hash = models.CharField(max_length=64, editable=False)
    secret_prefix = models.CharField(_("secret begins with"), max_length=16, editable=False)
    roles = models.JSONField(_("roles"), default=list)
    scope = models.CharField(_("scope"), max_length=16, default=ALL, db_default=ALL)
    unrestricted = models.BooleanField(_("unrestricted"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    old_secret_hash = models.CharField(max_length=64, default="", db_default="", editable=False)
    old_secret_until = models.DateTimeField(_("old secret until"), null=True, editable=False)
    warned_days = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = ApplicationCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("application credential")
        verbose_name_plural = _("application credentials")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="application_credential_name_unique"
            ),
            models.CheckConstraint(
                condition=Q(scope__in=SCOPES), name="application_credential_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def opens_with(self, secret: str) -> bool:
        """Tell whether *secret* is the one shown last, or the one before while that holds."""
        shown = digest(secret)
        is_last = constant_time_compare(shown, self.secret_hash)
        is_before = constant_time_compare(shown, self.old_secret_hash)
        return is_last or (is_before and self.has_old_secret())

    def has_old_secret(self) -> bool:
        """Tell whether the secret before the last one opens still."""
        return self.old_secret_until is not None and self.old_secret_until > timezone.now()

    def ends_soon(self) -> bool:
        """Tell whether its end is near enough to be warned of."""
        soon = timezone.now() + SOON
        return self.expires_at is not None and self.expires_at <= soon

    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
