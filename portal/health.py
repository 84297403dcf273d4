"""What must work before this process should get requests."""

from __future__ import annotations

from dataclasses import dataclass

from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable

from stores.errors import StoreError
from stores.registry import get_store


@dataclass
class DefaultStore(HealthCheck):
    """The default store answers."""

    def run(self) -> None:
        """Ask the store for its room."""
        try:
            get_store().capacity()
        except StoreError as trouble:
            raise ServiceUnavailable("The default store does not answer.") from trouble
