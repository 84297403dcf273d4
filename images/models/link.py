"""A download link: what opens one image's data to whoever has its secret."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.states import Status

REGRET = timedelta(hours=1)
"""How long a revocation can be taken back."""


class LinkQuerySet(models.QuerySet["Link"]):
    """Links by what still holds of them, whatever their makers may by now."""

    def live(self) -> Self:
        """Neither expired nor revoked, and of an image whose data are served."""
        return self.current().filter(image__status=Status.ACTIVE)

    def current(self) -> Self:
        """Neither expired nor revoked."""
        if not settings.LINK_DAYS_MAX:
            return self.none()
        return self.filter(expires_at__gt=timezone.now(), revoked_at=None)

    def unused(self) -> Self:
        """With a use left."""
        return self.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")))

    def take(self) -> bool:
        """Count one use, if one is left; of two at the last one it is one that gets it.

        The row alone is asked: what is joined to an UPDATE is not looked at again after a wait.
        """
        row = self.current().unused()
        return bool(row.update(uses=F("uses") + 1, last_used_at=timezone.now()))

    def expired_for(self, age: timedelta) -> Self:
        """Over for *age* or longer."""
        border = timezone.now() - age
        return self.filter(Q(expires_at__lte=border) | Q(revoked_at__lte=border))


class Link(models.Model):
    """One link to one image's data; it is worth what its maker may, and no more.

    *user* made it, acting in *project*: both must still be good when it is used. Only a digest of
    the secret is kept, and its beginning, to know it by.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("images.Image", models.CASCADE, related_name="links")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("made by"), related_name="+"
    )
    project = models.CharField(_("project"), max_length=255)
    note = models.CharField(_("for whom"), max_length=255, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    secret_prefix = models.CharField(_("secret begins with"), max_length=16, editable=False)
    max_uses = models.PositiveIntegerField(_("downloads at most"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("downloads"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        """No link is used more often than it may be."""

        verbose_name = _("download link")
        verbose_name_plural = _("download links")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(uses__lte=F("max_uses")), name="link_not_overused"
            ),
        ]

    def __str__(self) -> str:
        """Return the beginning of the secret."""
        return f"{self.secret_prefix}…"

    @property
    def uses_left(self) -> int | None:
        """Return how many downloads are left; None: as many as one likes."""
        return None if self.max_uses is None else max(0, self.max_uses - self.uses)

    @property
    def has_expired(self) -> bool:
        """Is its time over?"""
        return self.expires_at <= timezone.now()

    @property
    def can_be_restored(self) -> bool:
        """Was it revoked so lately that this can be taken back?"""
        return self.revoked_at is not None and self.revoked_at > timezone.now() - REGRET


class LinkUse(models.Model):
    """The latest download from one address, so that it may go on after a break."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="uses_by_address")
    address = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One row an address."""

        constraints = [
            models.UniqueConstraint(fields=["link", "address"], name="link_use_by_address"),
        ]

    def __str__(self) -> str:
        """Return the address."""
        return self.address
