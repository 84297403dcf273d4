"""Users in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.identity import people
from portal.identity.admin.acts import OperatorsAdmin, act, operator_in
from portal.identity.models import User

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
            super().save_model(request, obj, form, change)
            return
        password = form.cleaned_data.get("password1") or None
        made = people.create_user(obj.username, password=password, actor=operator_in(request))
        obj.__dict__.update(made.__dict__)
