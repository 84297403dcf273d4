"""Locations, members, tasks and events in the admin: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from images.admin.acts import AdministratorsAdmin
from images.models import Event, Location, Member, Task, Upload


@admin.register(Location)
class LocationAdmin(AdministratorsAdmin):
    """Where bytes lie, and what is still to be removed."""

    list_display = ("image", "store", "status", "size", "heartbeat_at", "created_at", "key")
    list_filter = ("status", "store", "created_at")
    search_fields = ("key", "image__name")
    list_select_related = ("image",)
    ordering = ("-created_at",)


@admin.register(Upload)
class UploadAdmin(AdministratorsAdmin):
    """Resumable uploads: how far they are, and until when they wait."""

    list_display = (
        *("image", "filename", "project", "user", "start", "offset", "length", "held_at"),
        *("expires_at", "created_at"),
    )
    list_filter = ("expires_at", "created_at")
    search_fields = ("filename", "image__name", "image__id", "project", "user")
    list_select_related = ("image",)
    ordering = ("-created_at",)


@admin.register(Member)
class MemberAdmin(AdministratorsAdmin):
    """With whom images are shared; sharing is done on an image's page of the portal."""

    list_display = ("image", "project", "status", "created_at", "updated_at")
    list_filter = ("status", "created_at")
    search_fields = ("project", "image__name", "image__id")
    list_select_related = ("image",)
    ordering = ("-created_at",)


@admin.register(Task)
class TaskAdmin(AdministratorsAdmin):
    """Work in the background, and why it failed."""

    list_display = ("created_at", "type", "status", "image", "owner", "tries", "message")
    list_filter = ("status", "type", "created_at")
    search_fields = ("id", "image__id", "owner", "request_id")
    list_select_related = ("image",)


@admin.register(Event)
class EventAdmin(AdministratorsAdmin):
    """What happened, newest first."""

    list_display = (
        *("created_at", "kind", "user", "address", "image_id", "subject", "project", "token"),
        *("request_id", "delivered_at"),
    )
    list_display_links = ("created_at", "kind")
    list_filter = ("kind", "created_at")
    search_fields = ("=image_id", "=subject", "=project", "=user", "=address", "=request_id")
    search_help_text = _("The whole id or address of what is sought.")
    ordering = ("-id",)
