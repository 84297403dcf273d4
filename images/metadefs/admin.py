"""Namespaces in the admin: to look at; they are written by the API and by `load_metadefs`."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from images.admin.acts import AdministratorsAdmin
from images.admin.parts import PartInline
from images.metadefs.models import (
    Association,
    MetadefObject,
    MetadefProperty,
    MetadefTag,
    Namespace,
)


class AssociationInline(PartInline):
    """The resource types that it applies to."""

    model = Association
    fields = ("resource_type", "prefix", "properties_target")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Association]:
        return super().get_queryset(request).select_related("resource_type")


class PropertyInline(PartInline):
    """Its properties."""

    model = MetadefProperty
    fields = ("name", "definition")


class ObjectInline(PartInline):
    """Its objects."""

    model = MetadefObject
    fields = ("name", "description", "required", "properties")


class TagInline(PartInline):
    """Its tags."""

    model = MetadefTag
    fields = ("name",)


@admin.register(Namespace)
class NamespaceAdmin(AdministratorsAdmin):
    """What there is, whose it is, who reads it."""

    list_display = ("namespace", "display_name", "visibility", "protected", "owner", "updated_at")
    list_filter = ("visibility", "protected", "updated_at")
    search_fields = ("namespace", "display_name", "description", "owner")
    ordering = ("namespace",)
    inlines = (AssociationInline, PropertyInline, ObjectInline, TagInline)
