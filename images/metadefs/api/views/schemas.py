"""/v2/schemas/metadefs/{name}: what the catalogue's answers look like."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from images.errors import NotVisible
from images.metadefs.api.base import CatalogueView
from images.metadefs.api.schemas import DOCUMENTS


class CatalogueSchemaView(CatalogueView):
    """One schema document."""

    def get(self, request: Request, name: str) -> Response:
        """Show the schema to whoever is logged in."""
        if name not in DOCUMENTS:
            raise NotVisible(f"There is no schema metadefs/{name}.")
        return Response(DOCUMENTS[name])
