"""The images app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    """Images, their members, properties, tags, locations and events."""

    name = "images"
    verbose_name = _("Images")

    def ready(self) -> None:
        """Register the system checks."""
        from images import checks  # noqa: F401 -- registration needs loaded apps
