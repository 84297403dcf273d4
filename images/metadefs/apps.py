"""The metadata-definition catalogue: what names and values of properties mean."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetadefsConfig(AppConfig):
    name = "images.metadefs"
    verbose_name = _("Metadata definitions")
