"""What owns images and has limits."""

from __future__ import annotations

from typing import Self

from django.contrib.auth.models import Group
from django.core.validators import (
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
)
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import ID, new_id
from portal.identity.models.user import User
from portal.identity.sources import Source

NAME_LENGTH = 64

not_an_id = RegexValidator(
    rf"^{ID.pattern}$",
    _("A name that looks like an id would be mistaken for one."),
    inverse_match=True,
)
printable = RegexValidator(
    r"^(?!\s)[^\x00-\x1f\x7f\ud800-\udfff]+(?<!\s)$",
    _("Enter a name without control characters or space around it."),
)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects by who may act in them."""

    def of(self, user: User) -> Self:
        """Those in which *user* has a role."""
        return self.filter(memberships__user=user)

    def open_to(self, user: User) -> Self:
        """Those in which *user* may act now: an administrator in all that are enabled."""
        projects = self.filter(enabled=True)
        return projects if user.is_everywhere else projects.of(user)


class Project(models.Model):
    """A group of users that share images; *group* carries the object permissions given to it.

    A project of a Keystone has a shadow here, under its id there. Its name is that of the Keystone
    and its domain, where another project may have it too.
    """

    id = models.CharField(_("id"), max_length=32, primary_key=True, default=new_id, editable=False)
    name = models.CharField(
        _("name"),
        max_length=2 * NAME_LENGTH + 1,
        validators=[MaxLengthValidator(NAME_LENGTH), printable, not_an_id],
    )
    description = models.TextField(
        _("description"), blank=True, validators=[ProhibitNullCharactersValidator()]
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    group = models.OneToOneField(
        Group, on_delete=models.PROTECT, related_name="project", editable=False
    )
    source = models.CharField(
        _("source"),
        max_length=16,
        choices=Source.choices,
        default=Source.LOCAL,
        db_default=Source.LOCAL,
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    checked_at = models.DateTimeField(_("checked at the source"), null=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="project_name_unique",
                condition=models.Q(source=Source.LOCAL),
                violation_error_message=_("A project with that name already exists."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shadow(self) -> bool:
        """Tell whether this is a project that a Keystone knows."""
        return self.source == Source.KEYSTONE
