"""Objects: properties that belong together."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from images.metadefs.models.stamped import MAX_NAME, Stamped


class MetadefObject(Stamped):
    """A group of properties by name, some of them required; an absent description is null."""

    namespace = models.ForeignKey(
        "metadefs.Namespace", models.CASCADE, related_name="metadef_objects"
    )
    name = models.CharField(_("name"), max_length=MAX_NAME)
    description = models.TextField(_("description"), null=True)
    required = models.JSONField(_("required"), default=list)
    properties = models.JSONField(_("properties"), default=dict)

    class Meta(Stamped.Meta):
        """A namespace has an object once."""

        verbose_name = _("object")
        verbose_name_plural = _("objects")
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="metadef_object_once"),
            models.CheckConstraint(condition=~Q(name=""), name="metadef_object_named"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def facts(self) -> dict[str, Any]:
        """Return what an event tells of it."""
        return {
            "namespace": self.namespace.namespace,
            "name": self.name,
            "description": self.description,
            "required": self.required,
            "properties": [{"name": name} | part for name, part in self.properties.items()],
        }
