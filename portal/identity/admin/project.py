"""Projects in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.identity import belongings, people
from portal.identity.admin.acts import OperatorsAdmin, act, become, operator_in
from portal.identity.corrections import correct_project
from portal.identity.models import Project


class ProjectForm(forms.ModelForm[Project]):
    """The form of a project of ours: among those no two have the same name."""

    def _get_validation_exclusions(self) -> set[str]:
        """Let the source count, which is no field: the names of shadows may meet."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # not in stubs
        return excluded - {"source"}


@admin.register(Project)
class ProjectAdmin(OperatorsAdmin):
    """What owns images; it is suspended rather than deleted."""

    form = ProjectForm
    list_display = ["name", "enabled", "source", "created_at", "id"]
    list_filter = ["enabled", "source"]
    search_fields = ["name", "id", "description"]
    fields = ["name", "description", "enabled", "source", "id", "created_at"]
    readonly_fields = ["enabled", "source", "id", "created_at"]
    actions = [
        act(
            people.suspend_project,
            label=_("Suspend"),
            question=_("Nobody can act in these projects any more; their images stay:"),
        ),
        act(
            people.restore_project,
            label=_("Restore"),
            question=_("Their members can act in these projects again:"),
        ),
        act(
            belongings.delete_project,
            label=_("Delete what owns nothing"),
            question=_("Those without images go, with their groups, roles and tokens, for ever:"),
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            correct_project(obj, fields, actor=operator_in(request))
            return
        actor = operator_in(request)
        made = people.create_project(obj.name, description=obj.description, actor=actor)
        become(obj, made)
