"""Grants on one image: guardian's tables with real foreign keys."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from images.actors import Actor


class ImageUserPermission(UserObjectPermissionBase):
    """One permission on one image for one user."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="user_grants")


class ImageGroupPermission(GroupObjectPermissionBase):
    """One permission on one image for one group; a project is a group of its own."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="group_grants")


def granted_on(actor: Actor, codename: str) -> Q:
    """Return the condition "*codename* was granted to *actor*" for the images of a query."""
    grant = {
        "content_object": OuterRef("pk"),
        "permission__codename": codename,
        "permission__content_type__app_label": "images",
    }
    to_user = ImageUserPermission.objects.filter(user_id=actor.user_key, **grant)
    to_group = ImageGroupPermission.objects.filter(group_id__in=actor.groups, **grant)
    return Q(Exists(to_user)) | Q(Exists(to_group))
