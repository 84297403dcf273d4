"""Probes: does this process serve, and should it get requests?

One synchronous view in place of django-health-check, whose view is asynchronous: under WSGI it
starts an event loop for each probe and asks the database from threads that keep a connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from images.api.errors import RETRY_AFTER_SECONDS
from stores.errors import StoreError
from stores.registry import get_store

logger = logging.getLogger(__name__)


def database() -> None:
    """Ask the database for one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def default_store() -> None:
    """Ask the default store for its room."""
    get_store().capacity()


@csrf_exempt  # which leaves the refusal of other methods to the next line
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while this process and its database work."""
    return _answer({"database": database})


@csrf_exempt
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while uploads to the default store can work too."""
    return _answer({"database": database, "default store": default_store})


def _answer(probes: dict[str, Callable[[], None]]) -> JsonResponse:
    """Run *probes* and say which part does not answer; the reason is for the log alone."""
    parts = {}
    for part, probe in probes.items():
        try:
            probe()
        except (Error, StoreError) as trouble:
            logger.warning("%s: %s", part, trouble)
            parts[part] = "does not answer"
        else:
            parts[part] = "OK"
    if all(answer == "OK" for answer in parts.values()):
        return JsonResponse(parts)
    later = {"Retry-After": RETRY_AFTER_SECONDS}
    return JsonResponse(parts, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=later)
