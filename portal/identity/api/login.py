"""From the body of a log-in to who it proves and where it shall act (Identity API v3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework.request import Request

from portal.identity.actors import project_actor
from portal.identity.api.documents import DOMAIN
from portal.identity.credentials import login_by_name, login_by_secret
from portal.identity.errors import BadCredentials, BadValue
from portal.identity.models import ApplicationCredential, Project, User
from portal.identity.passwords import login_by_password
from portal.identity.throttling import LONGEST_NAME
from portal.identity.tokens import Proof, Scope, find_token

NOBODY = "(nobody)"


def proof_in(identity: dict[str, Any], *, request: Request) -> Proof:
    """Return what *identity* proves, or raise `BadCredentials`, `TooManyAttempts`, `BadValue`."""
    methods = frozenset(identity["methods"])
    if methods not in PROOFS:
        raise BadCredentials
    if missing := sorted(methods - identity.keys()):
        raise BadValue(f"In auth.identity, {missing[0]!r} is a required property.")
    return PROOFS[methods](identity, request)


def scope_in(auth: dict[str, Any], proof: Proof) -> Scope:
    """Return the scope that *auth* asks for; one that is not there raises `BadCredentials`.

    Whether the user may act in it is asked when the token is issued.
    """
    wanted = auth.get("scope")
    if proof.credential:
        return _scope_of_credential(proof.credential, wanted)
    if wanted is None:
        return _usual_scope(proof.user)
    if wanted == "unscoped" or "unscoped" in wanted:
        return Scope()
    if "system" in wanted:
        return Scope(is_system=True)
    if "project" in wanted:
        return Scope(project=_project(wanted["project"]))
    raise BadCredentials


def _by_password(identity: dict[str, Any], request: Request) -> Proof:
    user = identity["password"]["user"]
    person = login_by_password(_username(user), user["password"], request=request)
    return Proof(person, methods=("password",))


def _by_password_and_code(identity: dict[str, Any], request: Request) -> Proof:
    user, shown = identity["password"]["user"], identity["totp"]["user"]
    username = _username(user)
    code = shown["passcode"] if _username(shown) == username else ""
    person = login_by_password(username, user["password"], request=request, code=code)
    return Proof(person, methods=("password", "totp"))


def _by_token(identity: dict[str, Any], request: Request) -> Proof:
    parent = find_token(identity["token"]["id"])
    return Proof(
        parent.user,
        methods=tuple(dict.fromkeys([*parent.methods, "token"])),
        credential=parent.application_credential,
        parent=parent,
    )


def _by_credential(identity: dict[str, Any], request: Request) -> Proof:
    part = identity["application_credential"]
    secret = part["secret"]
    if "id" in part:
        credential = login_by_secret(part["id"], secret, request=request)
    elif "name" in part and "user" in part:
        owner = _owner(part["user"])
        credential = login_by_name(part["name"], secret, owner=owner, request=request)
    else:
        raise BadValue("An application credential is known by its id, or by its name and user.")
    return Proof(credential.user, methods=("application_credential",), credential=credential)


PROOFS = {
    frozenset({"password"}): _by_password,
    frozenset({"password", "totp"}): _by_password_and_code,
    frozenset({"token"}): _by_token,
    frozenset({"application_credential"}): _by_credential,
}


def _username(user: dict[str, Any]) -> str:
    """Return the name to try; one that nobody can have stands for a user that is not there.

    Its password is checked all the same, so that an unknown user takes as long as a known one.
    """
    if "id" in user:
        found = User.objects.filter(public_id=user["id"]).first()
        return found.username if found else NOBODY
    name = str(User.normalize_username(user["name"]))
    if not _is_ours(user.get("domain", {})) or len(name) > LONGEST_NAME:
        return NOBODY
    return name


def _owner(user: dict[str, Any]) -> Q:
    """Return the condition for the credentials of *user*."""
    if "id" in user:
        return Q(user__public_id=user["id"])
    if "name" not in user or not _is_ours(user.get("domain", {})):
        raise BadCredentials
    return Q(user__username=User.normalize_username(user["name"]))


def _is_ours(domain: dict[str, Any]) -> bool:
    """Tell whether this is the one domain there is; none said means it."""
    return all(domain[key] == DOMAIN[key] for key in DOMAIN if key in domain)


def _project(wanted: dict[str, Any]) -> Project:
    known = Project.objects.filter(enabled=True)
    if "id" in wanted:
        found = known.filter(pk=wanted["id"]).first()
    elif _is_ours(wanted.get("domain", {})):
        found = known.filter(name=wanted["name"]).first()
    else:
        found = None
    if found is None:
        raise BadCredentials
    return found


def _scope_of_credential(credential: ApplicationCredential, wanted: Any) -> Scope:
    """Return the one scope that a credential has; it may be named again, but no other."""
    scope = Scope(project=credential.project)
    if wanted is not None and wanted != {"project": {"id": credential.project_id}}:
        raise BadCredentials
    return scope


def _usual_scope(user: User) -> Scope:
    """Return the user's default project while it is usable, else none."""
    usual = user.default_project
    if usual is None or project_actor(user, project=usual.pk) is None:
        return Scope()
    return Scope(project=usual)
