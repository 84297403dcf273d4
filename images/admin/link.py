"""Download links in the admin: to look at, and to revoke."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from images.admin.acts import AdministratorsAdmin, actor_in
from images.errors import ImageError
from images.lifecycle.links import revoke_link
from images.models import Link


@admin.register(Link)
class LinkAdmin(AdministratorsAdmin):
    """Who gave which image away, and how often it was fetched; secrets are not kept."""

    list_display = (
        "secret_prefix",
        "image",
        "user",
        "project",
        "note",
        "uses",
        "max_uses",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_filter = ("expires_at", "revoked_at", "last_used_at")
    search_fields = (
        "secret_prefix",
        "note",
        "project",
        "image__name",
        "image__id",
        "user__username",
    )
    list_select_related = ("image", "user")
    ordering = ("-created_at",)
    exclude = ("secret_hash",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, chosen: Any) -> None:
        """Revoke each; it can be taken back on the image's page, so nothing is asked."""
        for link in chosen.select_related("image", "user"):
            try:
                revoke_link(link, actor=actor_in(request))
            except ImageError as refusal:
                self.message_user(request, f"{link}: {refusal}", messages.ERROR)
            else:
                self.log_change(request, link, "revoke_link")
                self.message_user(request, str(link))
