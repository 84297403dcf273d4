"""With whom an image is to be shared."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.identity.errors import SourceDown
from portal.identity.models import Project
from portal.identity.models.project import NAME_LENGTH
from portal.look import PortalForm
from portal.names import find_project
from portal.refusals import in_words


class ShareForm(PortalForm):
    """A project, by its exact name."""

    project = forms.CharField(
        label=_("Project"),
        help_text=_("The exact name of the project, as its members see it."),
        max_length=NAME_LENGTH,
    )

    def clean_project(self) -> Project:
        """Return the project of that name."""
        try:
            project = find_project(self.cleaned_data["project"])
        except SourceDown as trouble:
            raise forms.ValidationError(in_words(trouble)) from trouble
        if project is None:
            raise forms.ValidationError(_("There is no project of that name."))
        return project
