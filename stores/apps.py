"""Bytes: stores, upload sessions and what they promise."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class StoresConfig(AppConfig):
    name = "stores"

    def ready(self) -> None:
        """Register the checks, and the receiver that forgets stores whose settings change."""
        from stores.checks import check_stores

        register(check_stores)
