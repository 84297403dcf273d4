"""/v2/info/usage: what a project uses of its limits."""

from __future__ import annotations

from dataclasses import asdict

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from quotas.usage import usage_for


class UsageView(ApiView):
    """/v2/info/usage: one's own project's."""

    def get(self, request: Request) -> Response:
        """Show usage and limits by name; nothing without a limit."""
        used = usage_for(self.actor)
        return Response({"usage": {name: asdict(use) for name, use in used.items()}})
