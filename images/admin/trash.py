"""The trash in the admin: what lies there, with the verbs that bring back and delete for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from images.admin.acts import AdministratorsAdmin, act
from images.admin.words import size_of
from images.lifecycle.trash import purge_image, restore_image
from images.models import Trashed


@admin.register(Trashed)
class TrashedAdmin(AdministratorsAdmin):
    """What was moved to the trash: whose, by whom, until when."""

    list_display = (
        *("image", "owner", "status", "shown_size", "user"),
        *("trashed_at", "shown_end", "tried_at", "image_id"),
    )
    list_filter = ("trashed_at", "tried_at", "status")
    search_fields = ("image__name", "image__id", "owner", "user")
    list_select_related = ("image",)
    ordering = ("-trashed_at",)
    actions = (
        act(
            restore_image,
            label=_("Restore"),
            question=_("They are there again for everybody who saw them, as they were:"),
        ),
        act(
            purge_image,
            label=_("Delete now"),
            question=_("Their data is removed from every store. This cannot be undone:"),
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and self.has_module_permission(request)

    @admin.display(description=_("size"), ordering="image__size")
    def shown_size(self, trashed: Trashed) -> str:
        """Return the size as people say it."""
        return size_of(trashed.image)

    @admin.display(description=_("kept until"), ordering="trashed_at")
    def shown_end(self, trashed: Trashed) -> datetime:
        """Return when its days are over."""
        return trashed.ends_at
