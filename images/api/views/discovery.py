"""What the service is: versions, schemas, stores, import methods, health."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from images.api import schemas
from images.api.base import ApiView
from images.errors import NotVisible
from images.permissions import demand_store_details
from stores.base import Store
from stores.registry import all_stores, default_store_name

NEWEST_MINOR = 18


def versions_document() -> dict[str, Any]:
    """Return the versions of the Image API, newest first; minors are names, not behaviours."""
    address = f"{settings.PUBLIC_URL}/v2/"
    return {
        "versions": [
            {
                "id": f"v2.{minor}",
                "status": "CURRENT" if minor == NEWEST_MINOR else "SUPPORTED",
                "links": [{"rel": "self", "href": address}],
            }
            for minor in range(NEWEST_MINOR, -1, -1)
        ]
    }


@csrf_exempt
def versions(request: HttpRequest, rest: str = "", *, status: int) -> HttpResponse:
    """Answer the versions document to anybody, by any method; *status* as the address asks for."""
    return JsonResponse(versions_document(), status=status)


class SchemaView(ApiView):
    """/v2/schemas/{name}: what the answers look like."""

    def get(self, request: Request, name: str) -> Response:
        """Show one schema."""
        if name not in schemas.DOCUMENTS:
            raise NotVisible(f"There is no schema {name}.")
        return Response(schemas.DOCUMENTS[name])


class StoresView(ApiView):
    """/v2/info/stores: where data may be put."""

    def get(self, request: Request) -> Response:
        """List the stores."""
        return Response({"stores": [show_store(store) for store in all_stores().values()]})


class StoreDetailsView(ApiView):
    """/v2/info/stores/detail: how the stores are set up, for administrators and services."""

    def get(self, request: Request) -> Response:
        """List the stores with what their kind tells; none weighs more than another."""
        demand_store_details(self.actor)
        shown = [
            show_store(store) | {"type": store.kind, "weight": 0, "properties": store.details()}
            for store in all_stores().values()
        ]
        return Response({"stores": shown})


def show_store(store: Store) -> dict[str, Any]:
    """Return *store*; the flags are texts, absent when false, as clients expect."""
    shown = {"id": store.name}
    shown |= {"description": store.description} if store.description else {}
    shown |= {"default": "true"} if store.name == default_store_name() else {}
    return shown | ({"read-only": "true"} if store.read_only else {})


class ImportInfoView(ApiView):
    """/v2/info/import: the import methods; there are none yet."""

    def get(self, request: Request) -> Response:
        """List the methods."""
        methods = {"description": "Import methods available.", "type": "array", "value": []}
        return Response({"import-methods": methods})


class UnknownView(ApiView):
    """Any other address below /v2: absent, for those who are logged in."""

    schema = None
    bodyless = frozenset()

    def get(self, request: Request, rest: str) -> Response:
        """Answer 404."""
        raise NotVisible("The resource could not be found.")

    post = put = patch = delete = get


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer that the process serves (the Image API's own health address)."""
    return HttpResponse("OK", content_type="text/plain")
