"""Users, and the application credentials that each makes for its own programs."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from images.actors import ALL
from images.times import read_time
from portal.identity.access_rules import scope_of
from portal.identity.api import documents
from portal.identity.api.base import IdentityView
from portal.identity.api.schemas import CREDENTIAL
from portal.identity.credentials import NewCredential, create_credential, delete_credential
from portal.identity.errors import BadValue, NotPermitted, Unknown
from portal.identity.models import ApplicationCredential
from portal.identity.permissions import demand_unrestricted
from portal.identity.roles import role_id


class UserView(IdentityView):
    """/identity/v3/users/{id}."""

    def get(self, request: Request, user_id: str) -> Response:
        return Response({"user": documents.user(self.named_user(user_id))})


class OwnCredentialsView(IdentityView):
    """What both views of application credentials demand."""

    def demand_oneself(self, user_id: str) -> None:
        """Raise `NotPermitted` unless a user acts on its own; a robot must not multiply."""
        if user_id != self.actor.user:
            raise NotPermitted
        demand_unrestricted(self.actor)


class CredentialsView(OwnCredentialsView):
    """/identity/v3/users/{id}/application_credentials."""

    def get(self, request: Request, user_id: str) -> Response:
        robots = self.named_user(user_id).application_credentials.select_related("user")
        if name := self.asked("name"):
            robots = robots.filter(name=name)
        path = f"/users/{user_id}/application_credentials"
        found = [documents.credential(robot) for robot in robots]
        return Response(documents.listing("application_credentials", found, path=path))

    def post(self, request: Request, user_id: str) -> Response:
        self.demand_oneself(user_id)
        wanted = self.body(CREDENTIAL)["application_credential"]
        if wanted.get("project_id") not in {None, self.actor.project}:
            raise BadValue("An application credential belongs to the project of its maker's scope.")
        secret, robot = create_credential(_wished(wanted), actor=self.actor)
        body = {"application_credential": documents.credential(robot) | {"secret": secret}}
        return Response(body, status=HTTPStatus.CREATED)


class CredentialView(OwnCredentialsView):
    """/identity/v3/users/{id}/application_credentials/{id}."""

    def get(self, request: Request, user_id: str, credential_id: str) -> Response:
        robot = self._robot(user_id, credential_id)
        return Response({"application_credential": documents.credential(robot)})

    def delete(self, request: Request, user_id: str, credential_id: str) -> Response:
        self.demand_oneself(user_id)
        delete_credential(self._robot(user_id, credential_id), actor=self.actor)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _robot(self, user_id: str, credential_id: str) -> ApplicationCredential:
        robots = self.named_user(user_id).application_credentials.select_related("user")
        found = robots.filter(pk=credential_id).first()
        if found is None:
            raise Unknown(f"Could not find application credential: {credential_id}.")
        return found


def _wished(wanted: dict[str, Any]) -> NewCredential:
    return NewCredential(
        name=wanted["name"],
        description=wanted.get("description") or "",
        roles=tuple(_role_name(role) for role in wanted.get("roles") or ()),
        expires_at=_time(wanted.get("expires_at")),
        scope=_scope(wanted),
        unrestricted=bool(wanted.get("unrestricted")),
    )


def _scope(wanted: dict[str, Any]) -> str:
    """Return the scope that *wanted* says in a word, by access rules, or by both alike."""
    named = wanted.get("scope")
    by_rules = scope_of(wanted.get("access_rules") or [])
    if named and by_rules not in {ALL, named}:
        raise BadValue("The fields scope and access_rules differ.")
    return named or by_rules


def _role_name(role: dict[str, str]) -> str:
    names = {role_id(name): name for name in documents.ROLES}
    if "name" in role:
        return role["name"]
    if role["id"] not in names:
        raise BadValue("There is no role of that id.")
    return names[role["id"]]


def _time(text: str | None) -> datetime | None:
    """Return *text*, an ISO 8601 time, as UTC, which it is in where it does not say."""
    if text is None:
        return None
    try:
        return read_time(text)
    except ValueError:
        why = "The field expires_at must be a time such as 2030-01-31T12:00:00Z."
        raise BadValue(why) from None
