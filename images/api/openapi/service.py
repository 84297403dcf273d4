"""What the service says of itself, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, Schema, fixed, listed
from images.api.openapi.operation import DescribedView, answer, operation
from images.api.openapi.parameters import in_path
from images.api.schemas import DOCUMENTS

FLAG = {"const": "true"}
ABOUT: dict[str, Schema] = {
    "id": TEXT,
    "description": TEXT,
    "default": FLAG | {"description": "Absent when it is not"},
    "read-only": FLAG | {"description": "Absent when it is not"},
}
STORE: Schema = {"type": "object", "properties": ABOUT, "required": ["id"]}
DETAILED: Schema = {
    "type": "object",
    "properties": ABOUT
    | {"type": TEXT, "weight": {"type": "integer"}, "properties": {"type": "object"}},
    "required": ["id", "type", "weight", "properties"],
}


class Schemas(DescribedView):
    """/v2/schemas/{name}."""

    target_class = "images.api.views.discovery.SchemaView"
    tag = "Service"
    path = [in_path("name", "What is described", enum=list(DOCUMENTS))]
    operations = {
        "get": operation(
            "Show a schema",
            {200: answer("A JSON schema, of which clients make their models.", {"type": "object"})},
            {404: "There is no such schema."},
        ),
    }


class Stores(DescribedView):
    """/v2/info/stores."""

    target_class = "images.api.views.discovery.StoresView"
    tag = "Service"
    operations = {
        "get": operation(
            "List stores",
            {200: answer("Where data may be put.", fixed(stores=listed(STORE)))},
        ),
    }


class StoreDetails(DescribedView):
    """/v2/info/stores/detail."""

    target_class = "images.api.views.discovery.StoreDetailsView"
    tag = "Service"
    operations = {
        "get": operation(
            "List stores in detail",
            {200: answer("How the stores are set up.", fixed(stores=listed(DETAILED)))},
            {403: "No administrator, nor a service."},
        ),
    }


class ImportInfo(DescribedView):
    """/v2/info/import."""

    target_class = "images.api.views.discovery.ImportInfoView"
    tag = "Service"
    operations = {
        "get": operation(
            "List import methods",
            {
                200: answer(
                    "The import methods that may be used.",
                    fixed(
                        **{
                            "import-methods": fixed(
                                description=TEXT, type={"const": "array"}, value=listed(TEXT)
                            )
                        }
                    ),
                )
            },
        ),
    }
