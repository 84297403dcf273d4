"""A running service with a member and an administrator, and the description it gives of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis.checks import CheckFunction, load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from images.api.patch import V20, V21
from images.api.tus import PIECE
from tests.live import Server, serve

CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
SERVERS_OWN = {414, 431, 501}
"""Statuses of the server below: a head too long for any operation, a method that none has."""
SEED = 20
KNOWN = "known"
PEOPLE = """
from portal.identity import people, tokens
from portal.identity.actors import OPERATOR
for name in ("member", "admin"):
    project = people.create_project(name, actor=OPERATOR)
    user = people.create_user(name, actor=OPERATOR)
    people.give_role(user, project=project, role="member", actor=OPERATOR)
    if name == "admin":
        people.make_administrator(user, actor=OPERATOR)
    proof = tokens.Proof(user, ("password",))
    token = tokens.issue_token(proof, scope=tokens.Scope(project))[0]
    print(token, project.pk, user.public_id)
"""
RAW = {"name": KNOWN, "disk_format": "raw", "container_format": "bare"}
PART = {"title": KNOWN, "type": "string"}
NAMESPACE = {
    "namespace": KNOWN,
    "visibility": "public",
    "properties": {KNOWN: PART},
    "objects": [{"name": KNOWN, "properties": {KNOWN: PART}}],
    "tags": [{"name": KNOWN}],
    "resource_type_associations": [{"name": KNOWN, "prefix": KNOWN}],
}

for dialect in (V21, V20):
    schemathesis.serializer.alias(dialect, "application/json")
schemathesis.serializer.alias(PIECE, "application/octet-stream")
load_all_checks()


@dataclass(frozen=True, slots=True)
class Site:
    """A server; who asks has a token, nobody has an empty one."""

    server: Server
    schema: schemathesis.BaseSchema
    session: requests.Session
    tokens: dict[str, str]
    ids: dict[str, str]

    def operation(self, name: str) -> Any:
        """Return an operation of the document by its id."""
        schema: Any = self.schema  # whose class is told for any specification
        return schema.find_operation_by_id(name)

    def send(self, method: str, path: str, *, who: str = "member", **given: Any) -> Any:
        """Send a request as *who* and return its answer."""
        headers = {"X-Auth-Token": self.tokens[who]} | given.pop("headers", {})
        url = self.server.url + path
        return self.session.request(method, url, headers=headers, timeout=30, **given)

    def make_known(self) -> list[dict[str, str]]:
        """Make a namespace, a queued image and a full one; return what to put into addresses."""
        self.send("POST", "/v2/metadefs/namespaces", who="admin", json=NAMESPACE)
        empty, full = (self.send("POST", "/v2/images", json=RAW).json()["id"] for _ in range(2))
        octets = {"Content-Type": "application/octet-stream"}
        self.send("PUT", f"/v2/images/{full}/file", data=b"0123456789", headers=octets)
        self.send("PUT", f"/v2/images/{full}/tags/{KNOWN}")
        self.send("POST", f"/v2/images/{full}/members", json={"member": self.ids["project_id"]})
        named = dict.fromkeys(("namespace", "name", "tag"), KNOWN) | self.ids
        return [named | {"image_id": image} for image in (empty, full)]


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """Serve, and read the document as any client would."""
    with serve(folder, VITRINE_WORKERS="1") as server, requests.Session() as session:
        member, admin = (line.split() for line in server.run(PEOPLE).splitlines())
        told = session.get(f"{server.url}/docs/openapi.json", timeout=30).json()
        schema = schemathesis.openapi.from_dict(told, config=schemathesis.Config(seed=SEED))
        schema.config.update(base_url=server.url)
        ids = {"project_id": member[1], "project": member[1], "user_id": member[2]}
        tokens = {"member": member[0], "admin": admin[0], "nobody": ""}
        yield Site(server, schema, session, tokens, ids)
