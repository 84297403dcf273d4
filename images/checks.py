"""System checks of the images app's settings."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from images import permissions, properties
from images.errors import BadRules

LEAST = {
    "IMAGE_SIZE_CAP": 1,
    "IMAGE_PROPERTY_QUOTA": -1,
    "IMAGE_PROPERTY_SIZE": -1,
    "IMAGE_TAG_QUOTA": -1,
    "IMAGE_MEMBER_QUOTA": -1,
    "IMAGE_LOCATION_QUOTA": -1,
    "TRASH_DAYS": 0,
}


@register
def limits_are_numbers(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Each limit of one image is a number that means something; -1 is no limit."""
    return [
        Error(f"{name} must be a number of at least {least}.", id="images.E001")
        for name, least in LEAST.items()
        if getattr(settings, name) < least
    ]


@register
def property_rules_are_read(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """The rules that protect custom properties must be there before anybody is served."""
    if not settings.PROPERTY_PROTECTION_FILE:
        return []
    try:
        properties.read_rules(
            settings.PROPERTY_PROTECTION_FILE, settings.PROPERTY_PROTECTION_FORMAT
        )
    except BadRules as trouble:
        return [Error(f"VITRINE_PROPERTY_PROTECTION_FILE: {trouble}", id="images.E003")]
    return []


@register
def rules_are_read(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The operator's rules must be there before anybody is served."""
    try:
        permissions.read_rules(settings.RULES_FILE)
    except BadRules as trouble:
        return [Error(f"VITRINE_RULES_FILE: {trouble}", id="images.E004")]
    return []


@register
def uploads_leave_threads(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
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
