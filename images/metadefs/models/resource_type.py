"""Resource types, and with which prefix a namespace's properties apply to them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from images.metadefs.models.stamped import MAX_NAME, Stamped


class ResourceType(Stamped):
    """A kind of resource that can carry properties, such as `OS::Glance::Image`."""

    name = models.CharField(_("name"), max_length=MAX_NAME)

    class Meta(Stamped.Meta):
        """A type is known once."""

        verbose_name = _("resource type")
        verbose_name_plural = _("resource types")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="metadef_resource_type_once"),
            models.CheckConstraint(condition=~Q(name=""), name="metadef_resource_type_named"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Association(Stamped):
    """One resource type of one namespace; an absent text is null."""

    namespace = models.ForeignKey("metadefs.Namespace", models.CASCADE, related_name="associations")
    resource_type = models.ForeignKey(ResourceType, models.PROTECT, related_name="associations")
    prefix = models.CharField(_("prefix"), max_length=MAX_NAME, null=True)
    properties_target = models.CharField(_("target"), max_length=MAX_NAME, null=True)

    class Meta(Stamped.Meta):
        """A namespace has a resource type once."""

        verbose_name = _("resource type association")
        verbose_name_plural = _("resource type associations")
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "resource_type"], name="metadef_association_once"
            ),
        ]

    def __str__(self) -> str:
        """Return the resource type's name."""
        return self.name

    @property
    def name(self) -> str:
        """Return the resource type's name, as the API shows the association."""
        return self.resource_type.name

    def facts(self) -> dict[str, Any]:
        """Return what an event tells of it."""
        return {
            "namespace": self.namespace.namespace,
            "name": self.name,
            "prefix": self.prefix,
            "properties_target": self.properties_target,
        }
