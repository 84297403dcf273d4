"""Properties: what a key means, and which values it takes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from images.metadefs.models.stamped import MAX_NAME, Stamped


class MetadefProperty(Stamped):
    """One property; *definition* is its JSON schema as the API shows it, without the name."""

    namespace = models.ForeignKey(
        "metadefs.Namespace", models.CASCADE, related_name="metadef_properties"
    )
    name = models.CharField(_("name"), max_length=MAX_NAME)
    definition = models.JSONField(_("definition"))

    class Meta(Stamped.Meta):
        """A namespace has a property once."""

        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="metadef_property_once"),
            models.CheckConstraint(condition=~Q(name=""), name="metadef_property_named"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def facts(self) -> dict[str, Any]:
        """Return what an event tells of it."""
        return {"namespace": self.namespace.namespace, "name": self.name, **self.definition}
