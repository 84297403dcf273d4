"""Who was asked into a project, by whom, as what, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.actors import MANAGER
from portal.identity.keys import digest, new_id
from portal.identity.models.membership import Membership
from portal.identity.models.project import Project
from portal.identity.roles import Role

LIFETIME = timedelta(days=14)


class Answer(models.TextChoices):
    """What came of an invitation."""

    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


def default_end() -> datetime:
    """Return when an invitation of now ends."""
    return timezone.now() + LIFETIME


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what still holds."""

    def waiting(self) -> Self:
        """Return those that nobody has answered in time."""
        return self.filter(answer=Answer.WAITING, expires_at__gt=timezone.now())

    def backed(self) -> Self:
        """Return those whose makers may still say who is in the project."""
        managers = Membership.objects.filter(
            user=OuterRef("invited_by"), project=OuterRef("project"), role=MANAGER
        )
        may_invite = Q(Exists(managers)) | Q(invited_by__is_superuser=True)
        return self.filter(may_invite, invited_by__is_active=True, invited_by__is_auditor=False)

    def open(self) -> Self:
        """Return those that may be accepted."""
        return self.waiting().backed().filter(project__enabled=True)

    def with_backing(self) -> Self:
        """Let each know as `is_backed` whether its maker may still say so."""
        backed = Invitation.objects.backed().filter(pk=OuterRef("pk"))
        return self.annotate(is_backed=Exists(backed))

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def opened_by(self, secret: str) -> Self:
        return self.filter(secret_hash=digest(secret))


class Invitation(models.Model):
    """A role in a project, held out to a user, or to whoever reads a mail.

    Who is known by name answers on the pages; a mail holds a secret, of which a hash is kept once
    it was sent. *unsent_at* is when its mail was given up, null if it was not, or not yet.
    """

    id = models.CharField(_("id"), max_length=32, primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="invitations"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
    )
    email = models.EmailField(_("mail address"), blank=True)
    secret_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 -- many have none
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    answer = models.CharField(
        _("answer"), max_length=16, choices=Answer.choices, default=Answer.WAITING
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), default=default_end, db_index=True)
    unsent_at = models.DateTimeField(_("mail could not be sent"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(user=None) & ~Q(email=""))
                | Q(user__isnull=False, email="", secret_hash=None),
                name="invitation_one_way",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.UniqueConstraint(
                fields=["project", "user"],
                condition=Q(answer="waiting"),
                name="invitation_waits_once_for_user",
            ),
            models.UniqueConstraint(
                "project",
                Lower("email"),
                condition=Q(answer="waiting", user=None),
                name="invitation_waits_once_for_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invited} · {self.project} · {self.role}"

    @property
    def invited(self) -> str:
        """Whom it is for: a user's name, or a mail address."""
        return self.user.username if self.user else self.email
