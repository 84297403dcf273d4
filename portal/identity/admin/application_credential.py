"""Application credentials in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.identity.admin.acts import OperatorsAdmin, operator_in
from portal.identity.credentials import delete_credential
from portal.identity.models import ApplicationCredential


@admin.register(ApplicationCredential)
class ApplicationCredentialAdmin(OperatorsAdmin):
    """What programs log in with: to look at and to delete; a secret is with its owner alone."""

    list_display = [
        "name",
        "user",
        "project",
        "scope",
        "secret_prefix",
        "expires_at",
        "last_used_at",
    ]
    list_filter = ["scope", "expires_at", "last_used_at"]
    search_fields = ["name", "id", "user__username", "project__name", "secret_prefix"]
    list_select_related = ["user", "project"]
    exclude = ["secret_hash"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: ApplicationCredential) -> None:
        delete_credential(obj, actor=operator_in(request))
