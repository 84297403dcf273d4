"""`Accept` chooses only how an error looks; it never refuses (openstacksdk sends an empty one)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.negotiation import BaseContentNegotiation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request


class OnlyJSON(BaseContentNegotiation):
    """The first renderer, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:  # noqa: ARG002 -- DRF's shape
        """Return no parser: bodies are read by `images.api.body`."""
        return None

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 -- DRF's shape
        renderers: Sequence[BaseRenderer],
        format_suffix: str | None = None,  # noqa: ARG002 -- DRF's shape
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer and its media type."""
        return renderers[0], str(renderers[0].media_type)
