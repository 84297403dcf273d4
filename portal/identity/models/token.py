"""What a log-in hands out: a secret that stands for a user in a scope, for an hour or so."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from images.prepared import Slot
from portal.identity.models.application_credential import ApplicationCredential
from portal.identity.models.project import Project


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens by what still holds."""

    def live(self, now: datetime | Slot | None = None) -> Self:
        """Neither expired nor revoked, and neither is what they came from."""
        now = now or timezone.now()
        credential = Q(application_credential=None)
        credential |= Q(application_credential__expires_at=None)
        credential |= Q(application_credential__expires_at__gt=now)
        return self.filter(credential, expires_at__gt=now, revoked_at=None, user__is_active=True)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class Token(models.Model):
    """A user in one project, in the whole system, or (with neither) only logged in.

    *user_stamp* is the user's session hash at the time of issue: it changes with the password, and
    then the token is dead like every session of that user.
    """

    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    is_system = models.BooleanField(default=False)
    application_credential = models.ForeignKey(
        ApplicationCredential,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens",
    )
    methods = models.JSONField(default=list)
    audit_id = models.CharField(max_length=32)
    parent_audit_id = models.CharField(max_length=32, blank=True)
    user_stamp = models.CharField(max_length=64, editable=False)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(project=None) | Q(is_system=False), name="token_one_scope"
            ),
        ]

    def __str__(self) -> str:
        return self.audit_id

    @property
    def audit_ids(self) -> list[str]:
        """This token's audit id, then that of the log-in it descends from."""
        return [self.audit_id, self.parent_audit_id] if self.parent_audit_id else [self.audit_id]

    def is_of_present_password(self) -> bool:
        return constant_time_compare(self.user_stamp, self.user.get_session_auth_hash())
