"""How django-axes counts failed log-ins here; it loads this room itself, after our receivers."""

from __future__ import annotations

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_failure_limit
from django.conf import settings
from django.http import HttpRequest

from portal.identity.throttling import Who, sprayed, sum_of


class AttemptHandler(AxesDatabaseHandler):  # type: ignore[misc] # the library has no types
    """The counting of django-axes, and that of an address over all names."""

    def get_failures(self, request: HttpRequest, credentials: Who | None = None) -> int:
        """Return the failures that the limit is for; those of the address count by their own."""
        own: int = super().get_failures(request, credentials)
        limit: int = get_failure_limit(request, credentials)
        everybodys = sum_of(sprayed(request, credentials))
        return max(own, int(everybodys * limit // settings.ADDRESS_FAILURE_LIMIT))
