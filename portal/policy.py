"""The content security policy of answers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class PolicyMiddleware(CSPMiddleware):
    """The library's, which would build the policy anew for each answer."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Send the policy of the settings, unless a view or a page changes it."""
        if any(name.startswith("_csp_") for name in (*vars(request), *vars(response))):
            changed: HttpResponseBase = super().process_response(request, response)
            return changed
        response.headers.setdefault(HEADER, policy())
        return response


@cache
def policy() -> str:
    """Return the policy of the settings."""
    return str(build_policy())
