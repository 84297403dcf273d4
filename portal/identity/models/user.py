"""Who can log in, here or at a Keystone."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import new_id
from portal.identity.sources import Source


class User(AbstractUser):
    """A person or a robot; *public_id* is what the APIs call it.

    Who comes from a Keystone has a shadow here, under its id there, so that grants, quotas and
    events can name it: no password opens it. *known_as* is its name there, *enabled_there* whether
    it may log in there, as it was at *checked_at*.
    """

    public_id = models.CharField(
        _("public id"), max_length=64, unique=True, default=new_id, editable=False
    )
    source = models.CharField(
        _("source"),
        max_length=16,
        choices=Source.choices,
        default=Source.LOCAL,
        db_default=Source.LOCAL,
        editable=False,
    )
    known_as = models.CharField(
        _("name at the source"), max_length=320, blank=True, db_default="", editable=False
    )
    enabled_there = models.BooleanField(default=True, db_default=True, editable=False)
    checked_at = models.DateTimeField(_("checked at the source"), null=True, editable=False)
    default_project = models.ForeignKey(
        "identity.Project",
        verbose_name=_("default project"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    is_auditor = models.BooleanField(
        _("auditor"),
        default=False,
        db_default=False,
        help_text=_("Sees everything in every project, and changes nothing."),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(is_auditor=True, is_superuser=True),
                name="user_auditor_is_no_administrator",
                violation_error_message=_("An auditor cannot be an administrator."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique",
                violation_error_message=_("A user with that username already exists."),
            ),
        ]

    def __str__(self) -> str:
        return self.known_as if self.is_shadow else self.username

    @property
    def is_shadow(self) -> bool:
        """Tell whether this is somebody whom a Keystone knows."""
        return self.source == Source.KEYSTONE

    @property
    def is_administrator(self) -> bool:
        """Tell whether this is an administrator of the whole cloud."""
        return self.is_superuser and self.is_active

    @property
    def is_everywhere(self) -> bool:
        """Tell whether this user may look into every project."""
        return self.is_active and (self.is_superuser or self.is_auditor)
