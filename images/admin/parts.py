"""Parts of an image, shown on its page and never written there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from images.admin.acts import actor_in
from images.models import ImageGroupPermission, ImageUserPermission, Location, Member, Property, Tag
from images.properties import can_read


class PartInline(admin.TabularInline):  # type: ignore[type-arg] # no brackets at run time
    """Rows to look at."""

    extra = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LocationInline(PartInline):
    """Where the bytes lie."""

    model = Location
    fields = ("store", "key", "url", "status", "size", "heartbeat_at", "created_at")


class MemberInline(PartInline):
    """With whom it is shared."""

    model = Member
    fields = ("project", "status", "created_at", "updated_at")


class UserGrantInline(PartInline):
    """What people were granted on it; it is given and taken on a page of its own."""

    model: Any = ImageUserPermission
    fields = ("user", "permission", "expires_at", "granted_at", "granted_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load what a row is shown by."""
        return super().get_queryset(request).select_related("permission__content_type")


class GroupGrantInline(UserGrantInline):
    """What groups were granted on it, those of projects among them."""

    model = ImageGroupPermission
    fields = ("group", "permission", "expires_at", "granted_at", "granted_by")


class TagInline(PartInline):
    """Its tags."""

    model = Tag
    fields = ("name",)


class PropertyInline(PartInline):
    """Its custom properties."""

    model = Property
    fields = ("name", "value")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what the operator lets nobody read."""
        rows, actor = super().get_queryset(request), actor_in(request)
        of_image = rows.filter(image=str(request.resolver_match.kwargs["object_id"]))  # type: ignore[union-attr] # resolved
        names = of_image.values_list("name", flat=True)
        return rows.filter(name__in=[name for name in names if can_read(name, actor)])
