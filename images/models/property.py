"""Custom properties of an image."""

from __future__ import annotations

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

INDEXED = 100
"""Characters of a value that the index holds: the rest would not fit."""


class Property(models.Model):
    """One custom property; both sides are text, as on the wire."""

    image = models.ForeignKey("images.Image", models.CASCADE, related_name="properties")
    name = models.CharField(_("name"), max_length=255)
    value = models.TextField(_("value"), blank=True)

    class Meta:
        """An image has a property once."""

        verbose_name = _("property")
        verbose_name_plural = _("properties")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["image", "name"], name="property_once_per_image"),
        ]
        indexes = [
            models.Index(F("name"), Left("value", INDEXED), F("image"), name="property_by_value")
        ]

    def __str__(self) -> str:
        """Return name and value."""
        return f"{self.name}={self.value}"

    @classmethod
    def of_outer(cls) -> QuerySet[Property]:
        """Return those of the image of an outer query."""
        return cls.objects.filter(image=OuterRef("pk"))

    @classmethod
    def has_value(cls, name: str, value: str) -> Q:
        """Return the condition that *name* has exactly *value*, as the index can tell it."""
        begins = Q(Exact(Left("value", INDEXED), value[:INDEXED]), name=name)
        return begins if len(value) < INDEXED else begins & Q(value=value)
