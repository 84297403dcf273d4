"""Tokens of the Keystone: checked by keystonemiddleware, which caches them for a short while.

The middleware is asked with a request that we make of the two tokens and the address alone. No
header in which it tells others what it found is ever read from a client, nor by anybody behind it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from keystonemiddleware.auth_token import AuthProtocol
from oslo_config.cfg import ConfigOpts

from images.actors import SERVICE
from portal.identity.errors import BadCredentials, SourceDown
from portal.identity.keystone.connection import keystone_trouble, own_login
from portal.identity.keystone.memory import ShortMemory
from portal.identity.keystone.words import Known, known, our_roles

PLAUSIBLE = re.compile(r"[\x21-\x7e]{1,8192}", re.ASCII)
CACHE = "vitrine.tokens"

_cache = ShortMemory()


@dataclass(frozen=True, slots=True)
class KeystoneToken:
    """Whom a live token stands for, where, and as what.

    *project* is none in a token for a domain, for the system, or for nothing yet. *mark* is how
    events tell the token.
    """

    user: Known
    project: Known | None
    roles: frozenset[str]
    mark: str
    is_vouched_for: bool


def check_token(secret: str, *, request: HttpRequest) -> KeystoneToken:
    """Return what the Keystone says of *secret*, sent with *request*.

    Raises `BadCredentials`, also for a request that an application credential's access rules do
    not allow or whose `X-Service-Token` is no service's, and `SourceDown`.
    """
    service = request.headers.get("X-Service-Token")
    if not all(PLAUSIBLE.fullmatch(sent) for sent in (secret, service) if sent is not None):
        raise BadCredentials
    environ = _environ(request) | {"HTTP_X_AUTH_TOKEN": secret}
    environ |= {"HTTP_X_SERVICE_TOKEN": service} if service else {}
    statuses: list[str] = []
    with keystone_trouble():
        list(_protocol()(environ, lambda status, *_: statuses.append(status)))
    if statuses[0].startswith("503"):
        raise SourceDown
    if not statuses[0].startswith("204"):
        raise BadCredentials
    return _read(environ["keystone.token_info"]["token"], is_vouched_for=bool(service))


def _environ(request: HttpRequest) -> dict[str, Any]:
    """Return a request for nothing but the address, which access rules are about."""
    path = {name: request.META.get(name, "") for name in ("SCRIPT_NAME", "PATH_INFO")}
    return path | {
        "REQUEST_METHOD": request.method,
        "SERVER_NAME": "vitrine",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        CACHE: _cache,
    }


def _read(token: dict[str, Any], *, is_vouched_for: bool) -> KeystoneToken:
    audit = str(token["audit_ids"][0])
    credential = token.get("application_credential")
    return KeystoneToken(
        user=known(token["user"]),
        project=known(token["project"]) if "project" in token else None,
        roles=our_roles(role["name"] for role in token.get("roles", ())),
        mark=f"credential:{credential['id']}/{audit}" if credential else f"token:{audit}",
        is_vouched_for=is_vouched_for,
    )


@cache
def _protocol() -> AuthProtocol:
    """Return the middleware, with nothing behind it but an empty answer."""
    keystone = settings.KEYSTONE
    options = ConfigOpts()
    options([], default_config_files=[], default_config_dirs=[])
    conf = {
        **own_login(),
        "oslo_config_config": options,
        "auth_type": "password",
        "www_authenticate_uri": keystone["PUBLIC_URL"],
        "interface": keystone["INTERFACE"],
        "cafile": keystone["CA_FILE"] or None,
        "cache": CACHE,
        "token_cache_time": keystone["CACHE_SECONDS"],
        "http_connect_timeout": keystone["TIMEOUT_SECONDS"],
        "http_request_max_retries": 1,
        "service_token_roles": _service_roles(),
        "service_token_roles_required": True,
        "service_type": "image",
    }
    return AuthProtocol(_nothing, conf)


def _service_roles() -> str:
    """Return how the Keystone calls what makes a service, as the middleware wants it."""
    return ",".join(there for there, here in settings.KEYSTONE["ROLES"].items() if here == SERVICE)


def _nothing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("204 No Content", [])
    return []
