"""The OpenAPI document of every API: which routes are in it, who may ask, and its parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.settings import patched_settings

from images.api.openapi import (
    data,
    events,
    images,
    locations,
    members,
    service,
    tasks,
    trash,
    uploads,
)
from images.api.openapi.components import COMPONENTS, TEXT, Schema, component, fixed, listed
from images.api.openapi.parameters import JSON
from images.api.urls import MINOR
from images.metadefs.api.openapi import namespaces, objects, properties, resource_types, tags
from portal.api.openapi import grants, links, usage
from portal.configuration.keystone import KEYSTONE
from portal.identity.api.openapi import schemes, views
from quotas.api import openapi as quotas

DESCRIPTIONS = (
    *(images, data, uploads, members, locations, tasks, trash, events, service),
    *(namespaces, objects, properties, tags, resource_types),
    *(quotas, grants, links, usage, views, schemes),
)
"""The modules that describe views and who asks: to be imported is all that they need."""

TAGS = (
    *("Images", "Data", "Uploads", "Members", "Tags", "Locations", "Tasks", "Trash"),
    *("Grants", "Links"),
    *("Events", "Usage", "Metadata definitions", "Service", "Identity"),
)
ROOT = {
    "TITLE": "Vitrine",
    "VERSION": settings.VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": urlsplit(settings.PUBLIC_URL).path or "/"}],
    "TAGS": [{"name": name} for name in TAGS],
    "POSTPROCESSING_HOOKS": [],  # the library's own makes up names for enumerations
}
MADE = (
    ("/v2/images", "201", {"image_id": "$response.body#/id"}),
    (
        "/v2/images/{image_id}/members",
        "200",
        {"image_id": "$request.path.image_id", "project": "$response.body#/member_id"},
    ),
    (
        "/api/images/{image_id}/links",
        "201",
        {"image_id": "$request.path.image_id", "link_id": "$response.body#/id"},
    ),
    ("/v2/metadefs/namespaces", "201", {"namespace": "$response.body#/namespace"}),
    (
        "/v2/metadefs/namespaces/{namespace}/objects",
        "201",
        {"namespace": "$request.path.namespace", "name": "$response.body#/name"},
    ),
    (
        "/v2/metadefs/namespaces/{namespace}/properties",
        "201",
        {"namespace": "$request.path.namespace", "name": "$response.body#/name"},
    ),
)
"""What is made where, in an answer of which status, and how its address is read from there."""

LINK = fixed(rel=TEXT, href=TEXT)
VERSIONS = component(
    "Versions", fixed(versions=listed(fixed(id=TEXT, status=TEXT, links=listed(LINK))))
)
PARTS = component("Health", {"type": "object", "additionalProperties": TEXT})


def _plain(summary: str, media_type: str, schema: Schema, **answers: str) -> dict[str, Any]:
    """Describe what `GET` of an address answers to anybody: `of_200="All is well."`."""
    content = {media_type: {"schema": schema}}
    operation = {
        "operationId": summary.lower().replace(" ", "_"),
        "summary": summary,
        "tags": ["Service"],
        "responses": {
            status.removeprefix("of_"): {"description": sentence, "content": content}
            for status, sentence in answers.items()
        },
    }
    return {"get": operation}


PLAIN: dict[str, Any] = {
    "/": _plain(
        "Discover the Image API", JSON, VERSIONS, of_300="The versions; browsers get the pages."
    ),
    "/versions": _plain("List versions", JSON, VERSIONS, of_200="The versions, newest first."),
    "/v2/": _plain("List versions again", JSON, VERSIONS, of_200="The same."),
    "/healthcheck": _plain("Ask the process", "text/plain", TEXT, of_200="It serves."),
    "/healthz": _plain(
        "Ask for health", JSON, PARTS, of_200="It and its database work.", of_503="They do not."
    ),
    "/readyz": _plain(
        "Ask for readiness", JSON, PARTS, of_200="Uploads can work too.", of_503="They cannot."
    ),
}


class Routes(EndpointEnumerator):
    """Every route once: minor versions are names, and a trailing slash is a courtesy."""

    def get_path_from_regex(self, path_regex: str) -> str:
        """Return the address that *path_regex* stands for, without a minor version."""
        return str(super().get_path_from_regex(path_regex.replace(MINOR, "")))

    def should_include_endpoint(self, path: str, callback: Callable[..., Any]) -> bool:
        """Leave out what DRF leaves out, courtesies, and what a Keystone closes."""
        is_closed = settings.IDENTITY == KEYSTONE and path.startswith("/identity")
        is_asked = bool(super().should_include_endpoint(path, callback))
        return is_asked and not path.endswith("/") and not is_closed


class Generator(SchemaGenerator):
    """The document's maker: views described beside themselves, and what is no view of DRF's."""

    endpoint_inspector_cls = Routes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, schema in COMPONENTS.items():
            self.registry.register(
                ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=name)
            )

    def parse(self, input_request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001 -- the library's signature
        """Return all paths; what makes a thing is linked with all that may be done with it."""
        paths: dict[str, Any] = super().parse(input_request, public) | PLAIN
        for path, status, address in MADE:
            one = "/".join([path, f"{{{list(address)[-1]}}}"])
            paths[path]["post"]["responses"][status]["links"] = {
                act["operationId"]: {"operationId": act["operationId"], "parameters": address}
                for place, acts in paths.items()
                for act in acts.values()
                if place == one or place.startswith(f"{one}/")
            }
        return paths

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 -- the same
        """Return the document, with its own words at the root."""
        with patched_settings(ROOT):
            return super().get_schema(request, public)


@cache
def document() -> bytes:
    """Return the document as JSON; it is the same as long as the process lives."""
    return json.dumps(Generator().get_schema(public=True), ensure_ascii=False).encode()
