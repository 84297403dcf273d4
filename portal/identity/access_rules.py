"""Scopes of credentials as the Identity API says them: access rules, one list for each scope.

A rule is a method and a path of a service; `*` is one step of the path, `**` any (Identity API v3,
"Application Credentials"). Ours are what the scopes permit, not what enforces them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from images.actors import ALL, READ, UPLOAD
from portal.identity.errors import BadValue

RULES: dict[str, tuple[tuple[str, str], ...]] = {
    ALL: (),
    READ: (("GET", "/v2/**"),),
    UPLOAD: (
        ("GET", "/v2/images"),
        ("GET", "/v2/images/*"),
        ("GET", "/v2/images/*/members"),
        ("GET", "/v2/schemas/*"),
        ("GET", "/v2/metadefs/**"),
        ("GET", "/v2/info/**"),
        ("POST", "/v2/images"),
        ("PATCH", "/v2/images/*"),
        ("PUT", "/v2/images/*/file"),
        ("PUT", "/v2/images/*/tags/*"),
        ("DELETE", "/v2/images/*/tags/*"),
    ),
}


def rules_of(scope: str) -> list[dict[str, str]]:
    """Return the access rules that stand for *scope*; none are no narrowing."""
    return [
        {
            "id": uuid5(NAMESPACE_URL, f"access_rule:{method} {path}").hex,
            "service": "image",
            "method": method,
            "path": path,
        }
        for method, path in RULES[scope]
    ]


def scope_of(rules: Iterable[dict[str, Any]]) -> str:
    """Return the scope that has exactly these *rules*; others raise `BadValue`."""
    asked = [(rule["service"], rule["method"], rule["path"]) for rule in rules]
    for scope, known in RULES.items():
        if sorted(asked) == sorted(("image", *rule) for rule in known):
            return scope
    raise BadValue(
        "The field access_rules must be empty or, in any order, the rules of one of the scopes"
        f" {READ!r} and {UPLOAD!r}; scope, a field of this service, says the same in a word."
    )
