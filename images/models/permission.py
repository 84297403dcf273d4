"""Grants on one image: guardian's tables with real foreign keys, and an end that only we know."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, UUIDField
from django.db.models.functions import Now
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from images.actors import Actor
from images.prepared import Prepared, Slot

KEPT = 64
"""Questions for one number of groups each that a process keeps."""
OF_IMAGES = {
    "permission__content_type__app_label": "images",
    "permission__content_type__model": "image",
}


class Ending(models.Model):
    """What a grant of ours has beside guardian's columns; all rows of one grantee agree in it."""

    expires_at = models.DateTimeField(_("end"), null=True, blank=True)
    granted_at = models.DateTimeField(_("given"), default=timezone.now, db_default=Now())
    granted_by = models.CharField(
        _("given by"), max_length=255, default="", db_default="", blank=True
    )

    class Meta:
        """A part of the two tables."""

        abstract = True


class ImageUserPermission(Ending, UserObjectPermissionBase):  # noqa: DJ008 -- it is guardian's
    """One permission on one image for one user."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="user_grants")

    class Meta(UserObjectPermissionBase.Meta):
        """Given once; ended ones are found by their end."""

        abstract = False
        verbose_name = _("grant to a user")
        verbose_name_plural = _("grants to users")
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="image_user_grant_end",
            ),
        ]


class ImageGroupPermission(Ending, GroupObjectPermissionBase):  # noqa: DJ008 -- it is guardian's
    """One permission on one image for one group; a project is a group of its own."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="group_grants")

    class Meta(GroupObjectPermissionBase.Meta):
        """Given once; ended ones are found by their end."""

        abstract = False
        verbose_name = _("grant to a group")
        verbose_name_plural = _("grants to groups")
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="image_group_grant_end",
            ),
        ]


def live() -> Q:
    """Return the condition "has not ended", by the database's clock."""
    return Q(expires_at=None) | Q(expires_at__gt=Now())


def granted_to(actor: Actor, codename: str) -> QuerySet[Any, Any]:
    """Return the ids of the images on which *actor* holds a grant of *codename* now."""
    to_user, to_group = _rows(actor, permission__codename=codename, **OF_IMAGES)
    return to_user.values("content_object").union(to_group.values("content_object"), all=True)


def granted_on(actor: Actor, codename: str) -> Q:
    """Return the condition "*actor* holds a grant of *codename*" for the images of a query."""
    outer = {"content_object": OuterRef("pk"), "permission__codename": codename}
    to_user, to_group = _rows(actor, **outer, **OF_IMAGES)
    return Q(Exists(to_user)) | Q(Exists(to_group))


def codenames_held(actor: Actor, image: Any) -> set[str]:
    """Return the codenames of the grants on the image of that id that *actor* holds now."""
    if actor.user_key is None and not actor.groups:
        return set()
    groups = sorted(actor.groups)
    values = {f"group {number}": group for number, group in enumerate(groups)}
    held = _held(len(groups)).ask(image=image, user_key=actor.user_key, **values)
    return {permission.codename for permission in held}


@lru_cache(KEPT)
def _held(groups: int) -> Prepared[Permission]:
    """Return the question which permissions somebody in so many groups holds on one image."""
    somebody = Actor(
        user_key=cast("Any", Slot("user_key", BigIntegerField())),
        groups=cast("Any", [Slot(f"group {n}", BigIntegerField()) for n in range(groups)]),
    )
    outer = {"content_object": Slot("image", UUIDField()), "permission": OuterRef("pk")}
    to_user, to_group = _rows(somebody, **outer)
    held = Permission.objects.filter(
        Q(Exists(to_user)) | Q(Exists(to_group)),
        content_type__app_label="images",
        content_type__model="image",
    )
    return Prepared(held.order_by())


def _rows(actor: Actor, **grant: Any) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the live rows that count for *actor*: its own, and those of its groups."""
    groups = In(F("group_id"), list(actor.groups))  # which, other than `__in`, takes slots
    to_user = ImageUserPermission.objects.filter(live(), user_id=actor.user_key, **grant)
    return to_user, ImageGroupPermission.objects.filter(live(), groups, **grant)
