"""Who is asked into a project, as what; groups of its people; new projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from images.actors import MANAGER, MEMBER, READER, SERVICE
from portal.forms.credentials import ROLES
from portal.identity.models import ProjectGroup, User
from portal.identity.models.project import NAME_LENGTH
from portal.identity.permissions import is_operator
from portal.identity.sources import Source
from portal.look import PortalForm

if TYPE_CHECKING:
    from images.actors import Actor
    from portal.identity.models import Membership, Project


class RoleField(forms.ChoiceField):
    """A role that may be given in a project; nobody gives one above the own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Role"), **kwargs)

    def offer(self, actor: Actor) -> None:
        """Offer what *actor* may give."""
        names = [READER, MEMBER, MANAGER, *([SERVICE] if is_operator(actor) else [])]
        self.choices = [(name, ROLES[name]) for name in names]


class InviteForm(PortalForm):
    """Whom to ask, and as what."""

    who = forms.CharField(label=_("Who"), max_length=254)
    role = RoleField(initial=MEMBER)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _role_of(self).offer(actor)
        self.fields["who"].help_text = (
            _("The exact name of a user, or the mail address of somebody without an account.")
            if settings.HAS_MAIL
            else _("The exact name of a user. This server sends no mail to other people.")
        )

    def clean_who(self) -> User | str:
        """Return the user of that name, or else the mail address that it is."""
        who = self.cleaned_data["who"]
        user = User.objects.filter(
            username__iexact=who, is_active=True, source=Source.LOCAL, robot_of=None
        ).first()
        if user is not None:
            return user
        if "@" not in who or not settings.HAS_MAIL:
            raise forms.ValidationError(_("There is no user of that name."))
        validate_email(who)
        return str(who)


class RoleForm(PortalForm):
    """Another role for somebody; the last manager's is changed on purpose alone."""

    role = RoleField()
    is_confirmed = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, member: Membership, actor: Actor, is_last: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs | {"initial": {"role": member.role}})
        _role_of(self).offer(actor)
        confirm(self, member=member, is_last=is_last)


class ConfirmForm(PortalForm):
    """A question; one that takes the last manager from a project asks for a tick, too."""

    is_confirmed = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, member: Membership | None = None, is_last: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        confirm(self, member=member, is_last=is_last)


class GroupForm(PortalForm):
    """The name of a group."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)


class GroupPersonForm(PortalForm):
    """One of the project's people who is not in the group yet."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Person"), to_field_name="public_id")

    def __init__(self, *args: Any, group: ProjectGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.fields["user"]
        assert isinstance(user, forms.ModelChoiceField)  # noqa: S101 -- for the type checker
        people = User.objects.filter(memberships__project=group.project_id)
        user.queryset = people.exclude(groups=group.group_id).order_by("username")


class ProjectForm(PortalForm):
    """What a new project is called."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class NewcomerForm(PortalForm, SetPasswordMixin):  # type: ignore[type-arg]  # the checker alone
    """An account for who was invited by mail."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean(self) -> dict[str, Any]:
        """Demand one password that is strong enough beside this name."""
        self.validate_passwords()
        user = User(username=self.cleaned_data.get("username", ""))
        self.validate_password_for_user(user, "password1")
        return self.cleaned_data


def confirm(form: forms.Form, *, member: Membership | None, is_last: bool) -> None:
    """Let *form* ask for a tick that names the last manager, or for nothing."""
    if not is_last or member is None:
        del form.fields["is_confirmed"]
        return
    words = _("Leave %(project)s without a manager: %(user)s is the last one.")
    form.fields["is_confirmed"].label = words % {"project": member.project, "user": member.user}
    form.fields["is_confirmed"].help_text = _(
        "Only an administrator can invite people and change roles afterwards."
    )


def is_last_manager(member: Membership, project: Project) -> bool:
    """Would nobody manage *project* without *member*?"""
    managers = project.memberships.filter(role=MANAGER, user__is_active=True, user__robot_of=None)
    others = managers.exclude(pk=member.pk)
    return member.role == MANAGER and not others.exists()


def _role_of(form: forms.Form) -> RoleField:
    field = form.fields["role"]
    assert isinstance(field, RoleField)  # noqa: S101 -- for the type checker
    return field
