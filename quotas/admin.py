"""Quotas in the admin: limits are set, what is used is looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from images.admin.acts import actor_in
from quotas.limits import drop_limit, set_limit
from quotas.models import Limit, Reservation, Resource, Usage


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

    list_display = ("project", "resource", "value", "soft")
    list_filter = ("resource",)
    search_fields = ("project",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Fix whose limit of what it is, once that is chosen: another is another limit."""
        return ("project", "resource") if obj else ()

    def save_model(self, request: HttpRequest, obj: Limit, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        resource = Resource(obj.resource)
        set_limit(obj.project, resource, obj.value, soft=obj.soft, actor=actor_in(request))
        obj.pk = Limit.objects.get(project=obj.project, resource=resource).pk

    def delete_model(self, request: HttpRequest, obj: Limit) -> None:
        drop_limit(obj, actor=actor_in(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Limit]) -> None:
        for limit in queryset:
            self.delete_model(request, limit)

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
