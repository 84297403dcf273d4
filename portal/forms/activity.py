"""What events are found by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.events.activity import KINDS
from portal.forms.lists import ANY
from portal.identity.models import Project, User
from portal.look import PortalForm

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ActivityForm(PortalForm):
    """The filters of the activity page, as the address has them; names are as good as ids."""

    who = forms.CharField(label=_("By whom"), max_length=255, required=False)
    kind = forms.ChoiceField(label=_("What"), choices=[ANY, *KINDS.items()], required=False)
    what = forms.CharField(label=_("Of what (ID)"), max_length=255, required=False)
    address = forms.CharField(label=_("Address"), max_length=64, required=False)
    project = forms.CharField(label=_("Project"), max_length=255, required=False)
    since = forms.DateField(label=_("From day"), widget=DAY, required=False)
    until = forms.DateField(label=_("To day"), widget=DAY, required=False)

    def __init__(self, *args: Any, sees_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_all:
            del self.fields["project"]

    def clean_who(self) -> str:
        """Return the id of a user; a name that nobody has finds what an id would find: nothing."""
        who: str = self.cleaned_data["who"]
        found = User.objects.filter(username__iexact=who).first() if who else None
        return found.public_id if found else who

    def clean_project(self) -> str:
        """Return the id of a project."""
        name: str = self.cleaned_data["project"]
        found = Project.objects.filter(name__iexact=name).first() if name else None
        return found.pk if found else name
