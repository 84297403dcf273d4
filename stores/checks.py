"""System checks of the stores' settings: what would fail at the first upload fails at the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from stores.registry import get_store


def check_stores(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Tell of a default that is missing, a backend that cannot be made, a store's own troubles."""
    return [*_check_default(), *_check_backends()]


def _check_default() -> Iterator[CheckMessage]:
    if settings.DEFAULT_STORE not in settings.IMAGE_STORES:
        yield Error(
            f"DEFAULT_STORE is {settings.DEFAULT_STORE!r}, which IMAGE_STORES does not have.",
            id="stores.E001",
        )


def _check_backends() -> Iterator[CheckMessage]:
    for name in settings.IMAGE_STORES:
        try:
            store = get_store(name)
        except (ImportError, TypeError, KeyError, ValueError) as trouble:
            yield Error(f"The store {name!r} cannot be made: {trouble}.", id="stores.E002")
        else:
            yield from store.checks()
