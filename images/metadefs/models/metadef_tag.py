"""Tags: words that a namespace offers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from images.metadefs.models.stamped import MAX_NAME, Stamped


class MetadefTag(Stamped):
    """One word of one namespace."""

    namespace = models.ForeignKey("metadefs.Namespace", models.CASCADE, related_name="metadef_tags")
    name = models.CharField(_("name"), max_length=MAX_NAME)

    class Meta(Stamped.Meta):
        """A namespace has a tag once."""

        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="metadef_tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="metadef_tag_named"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def facts(self) -> dict[str, Any]:
        """Return what an event tells of it."""
        return {"namespace": self.namespace.namespace, "name": self.name}
