"""Users in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.identity import belongings, people
from portal.identity.admin.acts import OperatorsAdmin, act, become, operator_in
from portal.identity.corrections import correct_user, put_into_groups
from portal.identity.events import record_user
from portal.identity.models import User
from portal.identity.second_factor import remove_second_factor

OWN_FIELDS = frozenset({"username", "first_name", "last_name", "email", "default_project"})
ACTS = [
    act(
        people.suspend_user,
        label=_("Suspend"),
        question=_("Sessions end and tokens die at once, on every node:"),
    ),
    act(people.restore_user, label=_("Restore"), question=_("These may sign in again:")),
    act(
        people.make_administrator,
        label=_("Make administrator"),
        question=_("These may do everything, in every project:"),
    ),
    act(
        people.unmake_administrator,
        label=_("Take the administrator’s office"),
        question=_("These keep only their roles in projects:"),
    ),
    act(
        remove_second_factor,
        label=_("Remove the second factor"),
        question=_("A password alone signs these in until they set one up again; sessions end:"),
    ),
    act(
        belongings.delete_user,
        label=_("Delete who is needed nowhere"),
        question=_("These go for ever, unless nobody else manages one of their projects:"),
    ),
    act(
        people.make_auditor,
        label=_("Make auditor"),
        question=_("These may see everything, in every project, and change nothing:"),
    ),
    act(
        people.unmake_auditor,
        label=_("Take the auditor’s office"),
        question=_("These keep only their roles in projects:"),
    ),
]


@admin.register(User)
class UserAdmin(OperatorsAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # the checker alone
    """Who can log in; being let in, shut out and in office are acts."""

    list_display = [
        *("__str__", "email", "is_active", "is_superuser", "is_auditor"),
        *("source", "last_login", "public_id"),
    ]
    list_filter = ["is_active", "is_superuser", "is_auditor", "source", "memberships__project"]
    search_fields = ["username", "known_as", "email", "public_id"]
    readonly_fields = [
        *("public_id", "source", "known_as", "checked_at"),
        *("is_active", "is_superuser", "is_auditor", "last_login", "date_joined"),
    ]
    raw_id_fields = ["default_project"]
    fieldsets = [
        (None, {"fields": ["username", "password", "public_id"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "default_project"]}),
        (_("Permissions"), {"fields": ["is_active", "is_superuser", "is_auditor", "groups"]}),
        (_("Source"), {"fields": ["source", "known_as", "checked_at"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    actions = ACTS

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        if change:
            names = set(form.changed_data) & OWN_FIELDS
            fields = {name: form.cleaned_data[name] for name in sorted(names)}
            correct_user(obj, fields, actor=operator_in(request))
            return
        password = form.cleaned_data.get("password1") or None
        made = people.create_user(obj.username, password=password, actor=operator_in(request))
        become(obj, made)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- the same
        if "groups" in form.changed_data:
            actor = operator_in(request)
            put_into_groups(form.instance, form.cleaned_data["groups"], actor=actor)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Write down a password that Django's own page for it has set."""
        if getattr(request.resolver_match, "url_name", "") == "auth_user_password_change":
            record_user("set_password", obj, operator_in(request))
        return super().log_change(request, obj, message)
