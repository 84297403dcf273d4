"""What the Identity API answers: users, projects, roles, tokens and the catalogue as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from images.actors import ADMIN, AUDITOR, MANAGER, MEMBER, READER, SERVICE, Actor
from portal.identity.access_rules import rules_of
from portal.identity.models import ApplicationCredential, Project, Token, User
from portal.identity.roles import role_id

DOMAIN = {"id": "default", "name": "Default"}
ROLES = (READER, MEMBER, MANAGER, SERVICE, AUDITOR, ADMIN)
INTERFACES = ("public", "internal", "admin")


def address(path: str = "") -> str:
    """Return the public address of *path* under the Identity API."""
    return f"{settings.PUBLIC_URL}/identity/v3{path}"


def version() -> dict[str, Any]:
    """Return the one version there is (Identity API v3, "Version discovery")."""
    media_type = "application/vnd.openstack.identity-v3+json"
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": address("/")}],
        "media-types": [{"base": "application/json", "type": media_type}],
    }


def catalog() -> list[dict[str, Any]]:
    """Return where the services are, from the configured public address alone."""
    return [
        _service("image", settings.PUBLIC_URL),
        _service("identity", address()),
    ]


def roles(names: Iterable[str]) -> list[dict[str, str]]:
    """Return *names* as roles with their ids, the weakest first."""
    return [{"id": role_id(name), "name": name} for name in ROLES if name in set(names)]


def user(person: User) -> dict[str, Any]:
    """Return *person* as its own page shows it."""
    return {
        **_person(person),
        "domain_id": DOMAIN["id"],
        "enabled": person.is_active,
        "email": person.email or None,
        "default_project_id": person.default_project_id,
        "options": {},
        "links": {"self": address(f"/users/{person.public_id}")},
    }


def project(place: Project, *, described: bool) -> dict[str, Any]:
    """Return *place*; its description is its members' own affair."""
    return {
        "id": place.pk,
        "name": place.name,
        "domain_id": DOMAIN["id"],
        "parent_id": DOMAIN["id"],
        "enabled": place.enabled,
        "is_domain": False,
        "description": place.description if described else "",
        "tags": [],
        "options": {},
        "links": {"self": address(f"/projects/{place.pk}")},
    }


def credential(robot: ApplicationCredential) -> dict[str, Any]:
    """Return *robot* without its secret, which is not kept."""
    path = f"/users/{robot.user.public_id}/application_credentials/{robot.pk}"
    return {
        "id": robot.pk,
        "name": robot.name,
        "description": robot.description,
        "user_id": robot.user.public_id,
        "project_id": robot.project_id,
        "roles": roles(robot.roles),
        "expires_at": robot.expires_at and moment(robot.expires_at),
        "unrestricted": robot.unrestricted,
        "access_rules": rules_of(robot.scope),
        "scope": robot.scope,
        "links": {"self": address(path)},
    }


def token(proof: Token, *, actor: Actor, with_catalog: bool) -> dict[str, Any]:
    """Return *proof* with the roles that its *actor* has at this moment."""
    found: dict[str, Any] = {
        "methods": proof.methods,
        "user": {**_person(proof.user), "domain": DOMAIN},
        "audit_ids": proof.audit_ids,
        "issued_at": moment(proof.issued_at),
        "expires_at": moment(proof.expires_at),
    }
    if proof.project:
        place = {"id": proof.project.pk, "name": proof.project.name, "domain": DOMAIN}
        found |= {"project": place, "is_domain": False}
    if proof.is_system:
        found["system"] = {"all": True}
    if proof.application_credential:
        found["application_credential"] = _origin(proof.application_credential)
    if actor.roles:
        found["roles"] = roles(actor.roles)
        found |= {"catalog": catalog()} if with_catalog else {}
    return {"token": found}


def listing(name: str, things: Iterable[dict[str, Any]], *, path: str) -> dict[str, Any]:
    """Return *things* as a list of one page."""
    links = {"self": address(path), "next": None, "previous": None}
    return {name: list(things), "links": links}


def moment(time: datetime) -> str:
    """Return *time*, which is in UTC, as Keystone writes it: with microseconds and a Z."""
    return f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"


def _origin(robot: ApplicationCredential) -> dict[str, Any]:
    """Return what a token tells of the credential that it was got with."""
    origin = {"id": robot.pk, "name": robot.name, "restricted": not robot.unrestricted}
    rules = rules_of(robot.scope)
    return origin | ({"access_rules": rules} if rules else {})


def _person(person: User) -> dict[str, Any]:
    return {"id": person.public_id, "name": str(person), "password_expires_at": None}


def _service(kind: str, url: str) -> dict[str, Any]:
    endpoints = [
        {
            "id": uuid5(NAMESPACE_URL, f"{kind}:{interface}").hex,
            "interface": interface,
            "region": settings.REGION,
            "region_id": settings.REGION,
            "url": url,
        }
        for interface in INTERFACES
    ]
    identity = uuid5(NAMESPACE_URL, kind).hex
    return {"id": identity, "type": kind, "name": settings.CLOUD_NAME, "endpoints": endpoints}
