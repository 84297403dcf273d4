"""The quotas app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotasConfig(AppConfig):
    """How much a project may have: a guest who may say no."""

    name = "quotas"
    verbose_name = _("Quotas")

    def ready(self) -> None:
        """Listen to the signals of images, and to the reaper."""
        from quotas import reaping, receivers  # noqa: F401 -- registration needs loaded apps
