"""System checks of the images app's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.checks import Error, register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.apps import AppConfig
    from django.core.checks import CheckMessage

LIMITS = ("IMAGE_SIZE_CAP", "IMAGE_PROPERTY_QUOTA", "IMAGE_TAG_QUOTA", "IMAGE_MEMBER_QUOTA")


@register
def limits_are_positive(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: object,
) -> list[CheckMessage]:
    """Each limit of one image is a positive number."""
    return [
        Error(f"{name} must be a positive number.", id="images.E001")
        for name in LIMITS
        if getattr(settings, name) < 1
    ]


@register
def uploads_leave_threads(
    app_configs: Sequence[AppConfig] | None,
    **kwargs: object,
) -> list[CheckMessage]:
    """Uploads must leave some of a worker's threads to everybody else."""
    if settings.UPLOAD_SLOTS < settings.WORKER_THREADS:
        return []
    return [
        Error(
            "VITRINE_UPLOAD_SLOTS must be smaller than VITRINE_THREADS, "
            "so that lists and pages are served while uploads run.",
            id="images.E002",
        )
    ]
