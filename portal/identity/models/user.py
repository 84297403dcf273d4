"""Who can log in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import new_id


class User(AbstractUser):
    """A person or a robot; *public_id* is what the APIs call it."""

    public_id = models.CharField(
        _("public id"), max_length=32, unique=True, default=new_id, editable=False
    )
    default_project = models.ForeignKey(
        "identity.Project",
        verbose_name=_("default project"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique",
                violation_error_message=_("A user with that username already exists."),
            ),
        ]

    @property
    def is_administrator(self) -> bool:
        """Tell whether this is an administrator of the whole cloud."""
        return self.is_superuser and self.is_active
