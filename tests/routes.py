"""The routes that the image APIs answer, and which tests are rows of their contract.

A row is a test that is marked with each route it tries, by method and address, the address
without a minor version and with its variables in braces:

    @pytest.mark.route("PATCH", "/v2/images/{image_id}")
    def test_patch_of_nothing_changes_nothing(owner_door: Door) -> None: ...

Rows live in `contract/test_*.py` of a package below tests/, one module for each section of the
API. Mark functions, or a whole module with `pytestmark`. `tests/test_routes.py` fails for a route
without a row and for a row without a route, and prints the addresses as it wants them; a marked
test that asks none of its routes fails by itself (`asks_its_route` in tests/conftest.py). So a new
view needs at least one row for each of its methods, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

Route = tuple[str, str]
"""A method and an address."""

DOORS = ("images.api.", "images.metadefs.api.", "quotas.api.", "portal.api.")
PROGRAMS = (*DOORS, "portal.identity.api.")
NO_PAGES = {
    # bytes and documents
    *("/activity.csv", "/activity.jsonl", "/docs/openapi.json", "/healthz", "/operate/limits.csv"),
    *("/accounts/second-factor/recovery-codes/download/", "/images/{pk}/download", "/readyz"),
    *("/accounts/second-factor/webauthn/login/", "/links/{secret}/file"),
    # ways to somewhere else
    *("/accounts/oidc/cancelled/", "/accounts/oidc/{provider_id}/login/", "/images/bulk"),
    *("/accounts/oidc/{provider_id}/login/callback/", "/project/groups"),
    *("/accounts/second-factor/", "/accounts/second-factor/webauthn/", "/admin/password_change/"),
    # buttons
    *("/account/language", "/account/theme", "/accounts/project/"),
}
"""Addresses outside of the APIs that show nobody a page."""

TESTS = Path(__file__).parent


def routes() -> set[Route]:
    """Return every route of the image APIs, as Django's resolver knows them."""
    found = set()
    for address, pattern in _patterns(get_resolver()):
        if f"{pattern.callback.__module__}.".startswith(DOORS):
            found |= {(method, _plain(address)) for method in _methods(pattern)}
    return found


def pages() -> set[str]:
    """Return the address of every page for people; the admin draws its own."""
    found = set()
    for address, pattern in _patterns(get_resolver()):
        is_for_people = not f"{pattern.callback.__module__}.".startswith(PROGRAMS)
        if is_for_people and not address.startswith("admin/") and _answers_get(pattern):
            found.add(_plain(address))
    return found - NO_PAGES


def rows() -> set[Route]:
    """Return every route that some row tries."""
    return {mark.args for module in _contract() for mark in _marks(module)}


def route_of(method: str, path: str) -> Route | None:
    """Return the route that a request takes, None for an address that is none."""
    try:
        return method, _plain(resolve(path).route)
    except Resolver404:
        return None


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, address)
        else:
            yield address, pattern


def _plain(address: str) -> str:
    plain = re.sub(r"<\w+:", "<", simplify_regex(address))  # without a converter's name
    return plain.replace("<", "{").replace(">", "}")


def _methods(pattern: URLPattern) -> Collection[str]:
    """Return the methods that *pattern* takes; GET stands for a view that takes any."""
    view = getattr(pattern.callback, "cls", None)
    if view is None:
        return {"GET"}
    mounted: dict[str, str] = getattr(pattern.callback, "actions", None) or {}
    own = [method for method in view.http_method_names if hasattr(view, method)]
    return {method.upper() for method in mounted or own} - {"HEAD", "OPTIONS"}


def _answers_get(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", None)
    return view is None or (hasattr(view, "get") and "get" in view.http_method_names)


def _contract() -> Iterator[ModuleType]:
    for path in sorted(TESTS.glob("**/contract/test_*.py")):
        inside = path.relative_to(TESTS.parent).with_suffix("")
        yield import_module(".".join(inside.parts))


def _marks(module: ModuleType) -> Iterator[pytest.Mark]:
    for holder in (module, *vars(module).values()):
        marks: Any = getattr(holder, "pytestmark", [])
        for mark in marks if isinstance(marks, list) else [marks]:
            if mark.name == "route":
                yield mark
