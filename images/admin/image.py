"""Images in the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from images.admin.acts import AdministratorsAdmin, act, actor_in
from images.admin.grants import GrantsAdmin
from images.admin.parts import (
    GroupGrantInline,
    LocationInline,
    MemberInline,
    PropertyInline,
    TagInline,
    UserGrantInline,
)
from images.admin.words import size_of
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import (
    deactivate_image,
    reactivate_image,
    update_image,
)
from images.lifecycle.trash import discard_image
from images.models import Image

EDITED = ("name", "visibility", "protected", "os_hidden", "min_disk", "min_ram")


def _verb() -> str:
    """Return what deletion is, with a trash and without."""
    return gettext("Move to the trash") if settings.TRASH_DAYS else gettext("Delete")


def _consequence() -> str:
    """Return what it does."""
    if not settings.TRASH_DAYS:
        return gettext("Their data is removed from every store. This cannot be undone:")
    return ngettext(
        "They are gone for everybody at once, and can be restored for %(days)d day; data that are"
        " coming in now are lost:",
        "They are gone for everybody at once, and can be restored for %(days)d days; data that are"
        " coming in now are lost:",
        settings.TRASH_DAYS,
    ) % {"days": settings.TRASH_DAYS}


ACTS = [
    act(
        deactivate_image,
        label=_("Deactivate"),
        question=_("Their data will be served to administrators only, until they are reactivated:"),
    ),
    act(
        reactivate_image,
        label=_("Reactivate"),
        question=_("Their data will be served again:"),
    ),
    act(discard_image, label=lazy(_verb, str)(), question=lazy(_consequence, str)()),
]


@admin.register(Image)
class ImageAdmin(AdministratorsAdmin, GrantsAdmin):
    """Images: what people wrote can be corrected, all else is done by acts."""

    list_display = (
        "shown_name",
        "status",
        "shown_size",
        "shown_format",
        "visibility",
        "updated_at",
        "owner",
        "id",
    )
    list_filter = ("status", "visibility", "disk_format", "protected", "os_hidden", "updated_at")
    search_fields = ("name", "id", "owner", "checksum", "os_hash_value")
    ordering = ("-created_at",)
    inlines = (
        *(LocationInline, MemberInline, UserGrantInline, GroupGrantInline),
        *(TagInline, PropertyInline),
    )
    actions = ACTS
    change_form_template = "admin/images/image/change_form.html"  # type: ignore[misc] # guardian's is the instance's

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Let only what people wrote be written."""
        return [field.name for field in Image._meta.fields if field.name not in EDITED]

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        changes = [Change(Op.SET, name, form.cleaned_data[name]) for name in form.changed_data]
        update_image(obj, changes, actor=actor_in(request))

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, image: Image) -> str:
        """Return the name, or a mark for none: the id stands beside."""
        return image.name or "–"

    @admin.display(description=_("disk format"), ordering="disk_format")
    def shown_format(self, image: Image) -> str:
        """Return the format as the Image API writes it."""
        return image.disk_format or "–"

    @admin.display(description=_("size"), ordering="size")
    def shown_size(self, image: Image) -> str:
        """Return the size as people say it."""
        return size_of(image)
