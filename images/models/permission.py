"""Grants on one image: guardian's tables with real foreign keys."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import In
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from images.actors import Actor


class ImageUserPermission(UserObjectPermissionBase):
    """One permission on one image for one user."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="user_grants")


class ImageGroupPermission(GroupObjectPermissionBase):
    """One permission on one image for one group; a project is a group of its own."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="group_grants")


def granted_to(actor: Actor, codename: str) -> QuerySet[Any, Any]:
    """Return the ids of the images on which *codename* was granted to *actor*."""
    grant = {
        "permission__codename": codename,
        "permission__content_type__app_label": "images",
    }
    to_user = ImageUserPermission.objects.filter(user_id=actor.user_key, **grant)
    groups = In(F("group_id"), list(actor.groups))  # which, other than `__in`, takes slots
    to_group = ImageGroupPermission.objects.filter(groups, **grant)
    return to_user.values("content_object").union(to_group.values("content_object"), all=True)


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
