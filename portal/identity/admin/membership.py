"""Memberships in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.identity.admin.acts import OperatorsAdmin, become, operator_in
from portal.identity.models import Membership
from portal.identity.people import give_role, remove_role


@admin.register(Membership)
class MembershipAdmin(OperatorsAdmin):
    """Who is what in which project."""

    list_display = ["user", "project", "role"]
    list_filter = ["role", "project"]
    search_fields = ["user__username", "user__known_as", "project__name"]
    list_select_related = ["user", "project"]
    raw_id_fields = ["user", "project"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix who and where once that is chosen: another pair is another membership."""
        return ["user", "project"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        actor = operator_in(request)
        made = give_role(obj.user, project=obj.project, role=obj.role, actor=actor)
        become(obj, made)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_role(obj.user, project=obj.project, actor=operator_in(request))
