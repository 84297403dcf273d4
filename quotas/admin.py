"""Quotas in the admin: limits are set, what is used is looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from quotas.models import Limit, Reservation, Usage


class LookedAtAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no brackets at run time
    """Rows that only the cloud's administrators see, and that the ledger alone writes."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Limit)
class LimitAdmin(LookedAtAdmin):
    """Limits of projects that differ from the default."""

    list_display = ("project", "resource", "value")
    list_filter = ("resource",)
    search_fields = ("project",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


@admin.register(Usage)
class UsageAdmin(LookedAtAdmin):
    """What projects use."""

    list_display = ("project", "used", "reserved", "images")
    search_fields = ("project",)


@admin.register(Reservation)
class ReservationAdmin(LookedAtAdmin):
    """What uploads under way hold."""

    list_display = ("attempt", "usage", "size")
    search_fields = ("usage__project",)
