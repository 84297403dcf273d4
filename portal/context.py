"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the version, who asks, and the projects to switch to."""
    return {
        "version": settings.VERSION,
        "actor": getattr(request, "actor", None),
    }
