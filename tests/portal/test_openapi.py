from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from images.api.fields import BASE, EXTRAS
from images.api.filters import RULES, SCOPES
from images.api.pagination import SORT_KEYS
from images.api.patch import OPS
from images.api.schemas import DOCUMENTS
from portal.openapi import Routes, document
from tests.live import base_environment, manage

PAGES = ("portal.views", "portal.identity.views", "django.")
PAGES_AT = ("accounts/", "admin/")
NOT_DESCRIBED = {
    "UnknownView": "absent addresses",
    "NotHereView": "absent addresses",
    "versions": "any version that there is not",
}
ERROR_DRESSES = ["application/json", "text/html", "text/plain"]


@pytest.fixture(scope="module")
def told() -> Any:
    """Return the document."""
    return json.loads(document())


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the APIs, as a regular expression, with its route."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        elif not is_page(address, pattern.callback.__module__):
            yield address, pattern


def is_page(address: str, module: str) -> bool:
    """Tell whether people look at *address*, answered in *module*; no document describes it."""
    return address.startswith(PAGES_AT) or module.startswith(PAGES)


def test_every_route_is_described(told: Any) -> None:
    inspector, missing = Routes(), []
    for address, route in routes(get_resolver().url_patterns):
        path = inspector.get_path_from_regex(address)
        view = getattr(route.callback, "cls", None)
        methods = inspector.get_allowed_methods(route.callback) if view else ["GET"]
        known = told["paths"].get(path) or told["paths"].get(path.rstrip("/")) or {}
        name = getattr(view, "__name__", route.callback.__name__)
        described = {method.upper() for method in known if known[method].get("summary")}
        if name not in NOT_DESCRIBED:
            missing += [(method, path) for method in methods if method not in described]

    assert missing == []


def test_minor_versions_are_not_repeated(told: Any) -> None:
    assert [path for path in told["paths"] if path.startswith("/v2.")] == []


def test_document_is_valid_and_complete() -> None:
    options = ["--validate", "--fail-on-warn", "--file", "/dev/null"]

    call_command("spectacular", "--generator-class", "portal.openapi.Generator", *options)


def operations(told: Any) -> list[dict[str, Any]]:
    """Return every operation of the document."""
    return [operation for path in told["paths"].values() for operation in path.values()]


def test_every_operation_has_words(told: Any) -> None:
    wanting = [
        (operation["operationId"], part)
        for operation in operations(told)
        for part in ("summary", "tags", "responses")
        if not operation.get(part)
    ]

    assert wanting == []


def test_every_parameter_and_answer_is_explained(told: Any) -> None:
    silent = [
        (operation["operationId"], part.get("name"))
        for operation in operations(told)
        for part in [*operation.get("parameters", []), *operation["responses"].values()]
        if not part["description"]
    ]

    assert silent == []


def test_errors_of_the_image_api_have_three_dresses(told: Any) -> None:
    refused = told["paths"]["/v2/images/{image_id}"]["patch"]["responses"]["409"]

    assert list(refused["content"]) == ERROR_DRESSES


def test_patches_come_in_both_dialects(told: Any) -> None:
    body = told["paths"]["/v2/images/{image_id}"]["patch"]["requestBody"]

    assert list(body["content"]) == list(OPS)


def test_data_are_bytes(told: Any) -> None:
    path = told["paths"]["/v2/images/{image_id}/file"]

    assert list(path["put"]["requestBody"]["content"]) == ["application/octet-stream"]
    assert list(path["get"]["responses"]["206"]["content"]) == ["application/octet-stream"]


def test_fields_of_an_image_are_those_that_are_checked(told: Any) -> None:
    image = told["components"]["schemas"]["Image"]

    assert image["properties"] == BASE | EXTRAS
    assert image["properties"] == DOCUMENTS["image"]["properties"]


def test_every_filter_is_a_parameter(told: Any) -> None:
    parameters = told["paths"]["/v2/images"]["get"]["parameters"]
    by_name = {parameter["name"]: parameter for parameter in parameters}

    assert {*RULES, *SCOPES, "tag", "limit", "marker"} - set(by_name) == set()
    assert by_name["sort_key"]["schema"]["items"]["enum"] == sorted(SORT_KEYS)


def test_four_ways_to_say_who_asks(told: Any) -> None:
    ways = told["paths"]["/v2/images"]["get"]["security"]

    assert ways == [{"token": []}, {"bearer": []}, {"credential": []}, {"session": []}]
    assert sorted(told["components"]["securitySchemes"]) == [
        "bearer",
        "credential",
        "session",
        "token",
    ]


def test_log_in_asks_nobody_who_it_is(told: Any) -> None:
    assert "security" not in told["paths"]["/identity/v3/auth/tokens"]["post"]


THERE = "https://keystone.example.org/v3"


@pytest.mark.parametrize(
    ("identity", "source", "has_identity"),
    [
        ("keystone", f"A token of the Keystone at {THERE}", False),
        (
            "both",
            f"A token of `POST /identity/v3/auth/tokens`, or of the Keystone at {THERE}",
            True,
        ),
    ],
)
def test_tokens_come_from_the_keystone_where_it_is_the_source(
    identity: str, source: str, *, has_identity: bool
) -> None:
    variables = {"VITRINE_IDENTITY": identity, "VITRINE_KEYSTONE_URL": THERE}
    options = ["--validate", "--fail-on-warn", "--format", "openapi-json"]
    generator = ["--generator-class", "portal.openapi.Generator"]

    told = json.loads(manage(base_environment() | variables, "spectacular", *generator, *options))

    schemes = told["components"]["securitySchemes"]
    ways = [way for one in told["paths"]["/v2/images"]["get"]["security"] for way in one]
    assert {schemes[name]["description"] for name in ("token", "bearer")} == {source}
    assert ways == [*("token", "bearer"), *(["credential"] if has_identity else []), "session"]
    assert any(path.startswith("/identity") for path in told["paths"]) == has_identity
