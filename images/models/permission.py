"""Grants on one image: guardian's tables with real foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

if TYPE_CHECKING:
    from typing import Any, Self

    from django.db.models import QuerySet

    from images.actors import Actor


class GrantQuerySet(models.QuerySet[Any] if TYPE_CHECKING else models.QuerySet):
    """Grants, found by what they permit."""

    def of(self, codename: str) -> Self:
        """Grants of the image permission *codename*."""
        return self.filter(
            permission__codename=codename, permission__content_type__app_label="images"
        )


class ImageUserPermission(UserObjectPermissionBase):
    """One permission on one image for one user."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="user_grants")

    grants = GrantQuerySet.as_manager()

    @classmethod
    def held_by(cls, actor: Actor, codename: str) -> QuerySet[ImageUserPermission]:
        """Grants of *codename* to the user."""
        return cls.grants.of(codename).filter(user_id=actor.user_key)


class ImageGroupPermission(GroupObjectPermissionBase):
    """One permission on one image for one group; a project is a group of its own."""

    content_object = models.ForeignKey("images.Image", models.CASCADE, related_name="group_grants")

    grants = GrantQuerySet.as_manager()

    @classmethod
    def held_by(cls, actor: Actor, codename: str) -> QuerySet[ImageGroupPermission]:
        """Grants of *codename* to a group whose grants count for the actor."""
        return cls.grants.of(codename).filter(group_id__in=actor.groups)


def granted_on(actor: Actor, codename: str) -> models.Q:
    """Return the condition "granted to *actor*" for the images of a query."""
    outer = OuterRef("pk")
    return models.Q(
        models.Exists(ImageUserPermission.held_by(actor, codename).filter(content_object=outer))
    ) | models.Q(
        models.Exists(ImageGroupPermission.held_by(actor, codename).filter(content_object=outer))
    )
