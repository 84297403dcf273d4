"""A link that signs one user in, once."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import digest


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    """Links by what still holds."""

    def live(self) -> Self:
        unused = self.filter(expires_at__gt=timezone.now(), used_at=None)
        return unused.filter(user__is_active=True, user__robot_of=None)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def opened_by(self, secret: str) -> Self:
        return self.filter(secret_hash=digest(secret))


class SignInLink(models.Model):
    """The only way in for the first administrator: there is no default password."""

    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")

    def __str__(self) -> str:
        return f"{self.user} · {self.expires_at:%Y-%m-%d %H:%M}"
