"""Custom properties of an image."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _


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

    def __str__(self) -> str:
        """Return name and value."""
        return f"{self.name}={self.value}"

    @classmethod
    def of_outer(cls) -> QuerySet[Property]:
        """Return those of the image of an outer query."""
        return cls.objects.filter(image=OuterRef("pk"))
