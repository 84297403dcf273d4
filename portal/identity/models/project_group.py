"""Groups of a project's people, that images can be granted to."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.identity.keys import new_id
from portal.identity.models.project import NAME_LENGTH, Project, not_an_id, printable


class ProjectGroup(models.Model):
    """Some of a project's people; *group* holds them, and carries what is granted to them.

    It counts only while they act in the project.
    """

    id = models.CharField(_("id"), max_length=32, primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="groups"
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH, validators=[printable, not_an_id])
    group = models.OneToOneField(
        Group, on_delete=models.PROTECT, related_name="project_group", editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "project",
                Lower("name"),
                name="group_name_unique_in_project",
                violation_error_message=_("The project has a group of that name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
