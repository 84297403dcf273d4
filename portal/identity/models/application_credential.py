"""What programs log in with: a secret of one user for one project."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import digest, new_id
from portal.identity.models.project import Project


class ApplicationCredential(models.Model):
    """A robot account, or a person's API token: both are the same thing.

    *roles* are names, as they were chosen; what counts is what the user still holds of them.
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
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("application credential")
        verbose_name_plural = _("application credentials")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="application_credential_name_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def opens_with(self, secret: str) -> bool:
        """Tell whether *secret* is the one that was shown when this was made."""
        return constant_time_compare(digest(secret), self.secret_hash)

    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
