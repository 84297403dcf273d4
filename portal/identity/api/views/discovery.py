"""What there is to log in to: versions and the catalogue."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NoReturn

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from portal.identity.api import documents
from portal.identity.api.base import IdentityView, PublicView


class VersionsView(PublicView):
    """/identity."""

    def get(self, request: Request) -> Response:
        body = {"versions": {"values": [documents.version()]}}
        return Response(body, status=HTTPStatus.MULTIPLE_CHOICES)


class VersionView(PublicView):
    """/identity/v3."""

    def get(self, request: Request) -> Response:
        return Response({"version": documents.version()})


class CatalogView(IdentityView):
    """/identity/v3/auth/catalog."""

    def get(self, request: Request) -> Response:
        catalog = documents.listing("catalog", documents.catalog(), path="/auth/catalog")
        return Response(catalog)


class NotHereView(PublicView):
    """Everything of the Identity API that image clients do not need."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound("The resource could not be found.")
