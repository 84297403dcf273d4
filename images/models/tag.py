"""Tags of an image."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """One word on one image."""

    image = models.ForeignKey("images.Image", models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=255)

    class Meta:
        """Tags are a set."""

        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["image", "name"], name="tag_once_per_image"),
        ]
        indexes = [models.Index(fields=["name", "image"], name="tag_by_name")]

    def __str__(self) -> str:
        """Return the word."""
        return self.name

    @classmethod
    def of_outer(cls) -> QuerySet[Tag]:
        """Return those of the image of an outer query."""
        return cls.objects.filter(image=OuterRef("pk"))
