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

    A service account belongs to a project, *robot_of*, and to no person: only application
    credentials open it, never a password or a page.
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
    language = models.CharField(
        _("language of mails"), max_length=16, blank=True, default="", db_default=""
    )
    has_shortcuts = models.BooleanField(
        _("single keys on the pages"), default=True, db_default=True, editable=False
    )
    reset_mail_at = models.DateTimeField(null=True, editable=False)

    robot_of = models.ForeignKey(
        "identity.Project",
        verbose_name=_("service account of"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="service_accounts",
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
            models.CheckConstraint(
                condition=models.Q(robot_of=None)
                | models.Q(is_superuser=False, is_staff=False, is_auditor=False),
                name="user_robot_holds_no_office",
                violation_error_message=_("A service account cannot hold an office."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique",
                violation_error_message=_("A user with that username already exists."),
            ),
        ]

    def __str__(self) -> str:
        if self.is_robot:
            return self.username.partition("@")[0]
        return self.known_as if self.is_shadow else self.username

    def set_password(self, raw_password: str | None) -> None:
        """Set it, but never one of a service account."""
        super().set_password(None if self.is_robot else raw_password)

    @property
    def is_robot(self) -> bool:
        """Tell whether this is a project's service account."""
        return self.robot_of_id is not None

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
