"""Who holds what on an image, in the admin: guardian's pages, with forms that call our verbs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from guardian.admin import GroupManage, GuardedModelAdmin, UserManage

from images.actors import Actor
from images.admin.acts import actor_in
from images.errors import ImageError
from images.lifecycle.grants import grant_image, revoke_grant
from images.models import Image
from images.models.grant import Grant, Grantee, grant_to, grants_on
from images.states import GranteeKind, Right


class UserChoice(UserManage):
    """The user to look at, by name."""

    user = forms.CharField(
        label=_("user name"),
        max_length=150,
        error_messages={"does_not_exist": _("There is no person of that name.")},
    )


class GroupChoice(GroupManage):
    """The group to look at, by its name or its project's."""

    group = forms.CharField(label=_("name of a group or project"), max_length=150)

    def clean_group(self) -> Group:
        """Return the group of that name, else the one of the project of that name."""
        name = self.cleaned_data["group"]
        for condition in ({"name": name}, {"project__name__iexact": name}):
            for group in Group.objects.filter(**condition):
                return group
        raise forms.ValidationError(_("There is no group or project of that name."))


class GrantForm(forms.Form):
    """The rights of one user or group on one image; none at all takes back what there is."""

    rights = forms.MultipleChoiceField(
        label=_("rights"),
        choices=Right.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Each lets see the image, too; none of them takes the grant back."),
    )
    expires_at = forms.SplitDateTimeField(
        label=_("end"), widget=AdminSplitDateTime, required=False, help_text=_("Empty: no end.")
    )

    def __init__(self, holder: Any, image: Image, sent: Any = None, *, actor: Actor) -> None:
        self.image, self.actor, self.to = image, actor, grantee_of(holder)
        self.before = grant_to(image, self.to)
        super().__init__(sent, initial=_shown(self.before))

    def save_obj_perms(self) -> None:
        """Grant or take back: guardian's name for it. Raises `ImageError`."""
        rights, end = self.cleaned_data["rights"], self.cleaned_data["expires_at"]
        if rights:
            grant_image(self.image, actor=self.actor, to=self.to, rights=rights, expires_at=end)
        elif self.before:
            revoke_grant(self.image, actor=self.actor, to=self.to)


class GrantsAdmin(GuardedModelAdmin):
    """Guardian's pages of one object's permissions, as those of our grants."""

    obj_perms_manage_template = "admin/images/image/grants.html"
    obj_perms_manage_user_template = "admin/images/image/grant.html"
    obj_perms_manage_group_template = "admin/images/image/grant.html"

    def get_obj_perms_base_context(self, request: HttpRequest, obj: Image) -> dict[str, Any]:
        """Show the grants with their ends, and who holds them."""
        context: Callable[..., dict[str, Any]] = super().get_obj_perms_base_context
        return context(request, obj) | {
            "grants": named(grants_on(obj)),
            "title": _("Grants on one image"),
        }

    def get_obj_perms_user_select_form(self, request: HttpRequest) -> type[forms.Form]:
        """Ask for a name in our words."""
        return UserChoice

    def get_obj_perms_group_select_form(self, request: HttpRequest) -> type[forms.Form]:
        """Ask for a name in our words."""
        return GroupChoice

    def get_obj_perms_manage_user_form(self, request: HttpRequest) -> Any:
        """Let the form know who asks."""
        return partial(GrantForm, actor=actor_in(request))

    get_obj_perms_manage_group_form = get_obj_perms_manage_user_form

    def obj_perms_manage_user_view(
        self, request: HttpRequest, object_pk: str, user_id: str
    ) -> HttpResponse:
        """Show or save what one user holds."""
        page: Callable[..., HttpResponse] = super().obj_perms_manage_user_view
        return _refused_in_words(self, request, lambda: page(request, object_pk, user_id))

    def obj_perms_manage_group_view(
        self, request: HttpRequest, object_pk: str, group_id: str
    ) -> HttpResponse:
        """Show or save what one group holds."""
        page: Callable[..., HttpResponse] = super().obj_perms_manage_group_view
        return _refused_in_words(self, request, lambda: page(request, object_pk, group_id))


def _refused_in_words(
    page: GuardedModelAdmin, request: HttpRequest, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    try:
        return answer()
    except ImageError as refusal:
        page.message_user(request, str(refusal), messages.ERROR)
        return redirect(request.path)


def grantee_of(holder: Any) -> Grantee:
    """Return *holder*, a row of a user or a group, as one to whom rights are granted."""
    if not isinstance(holder, Group):
        return Grantee(GranteeKind.USER, holder.pk, holder.public_id, holder.get_username())
    project: Any = getattr(holder, "project", None)
    if project:
        return Grantee(GranteeKind.PROJECT, holder.pk, str(project.pk), str(project))
    return Grantee(GranteeKind.GROUP, holder.pk, str(holder.pk), holder.name)


def named(grants: list[Grant]) -> list[tuple[Grant, Grantee, str]]:
    """Return *grants* with those who hold them, and by what name who gave them, in two queries."""
    user_keys = [grant.key for grant in grants if grant.is_to_user]
    group_keys = [grant.key for grant in grants if not grant.is_to_user]
    givers = [grant.granted_by for grant in grants]
    users: Any = get_user_model().objects.filter(Q(pk__in=user_keys) | Q(public_id__in=givers))
    groups = Group.objects.select_related("project").in_bulk(group_keys)
    holders = {user.pk: user for user in users}
    names = {user.public_id: str(user) for user in users}
    return [
        (
            grant,
            grantee_of(holders[grant.key] if grant.is_to_user else groups[grant.key]),
            names.get(grant.granted_by, grant.granted_by),
        )
        for grant in grants
    ]


def _shown(grant: Grant | None) -> dict[str, Any]:
    if grant is None:
        return {}
    return {
        "rights": grant.shown_rights,
        "expires_at": None if grant.has_ended else grant.expires_at,
    }
