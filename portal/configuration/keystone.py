"""The Keystone that the environment names, where one says who is who."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from portal.configuration import environment as env

LOCAL, KEYSTONE, BOTH = SOURCES = ("local", "keystone", "both")
BACKEND = "portal.identity.keystone.backend.KeystoneBackend"
LIMITS = "portal.identity.keystone.limits.limits_of"
ALL_LIMITS = f"{LIMITS}_all"
ROLES = ("reader", "member", "manager", "admin", "service", "auditor")


def configured_keystone(identity: str, var: Path) -> dict[str, Any]:
    """Return how the Keystone is reached and what of it counts; nothing where *identity* is local.

    Times are in seconds. Raises `ImproperlyConfigured`.
    """
    if identity == LOCAL:
        return {}
    if find_spec("keystonemiddleware") is None:
        raise ImproperlyConfigured(
            f"VITRINE_IDENTITY={identity} needs what requirements/keystone.txt names; "
            "scripts/install keystone installs it."
        )
    url = _versioned(env.url("KEYSTONE_URL", ""))
    has_limits = env.flag("KEYSTONE_LIMITS", default=True)
    return {
        "URL": url,
        "PUBLIC_URL": _versioned(env.url("KEYSTONE_PUBLIC_URL", url)),
        "INTERFACE": env.choice("KEYSTONE_INTERFACE", "internal", ("internal", "public", "admin")),
        "CA_FILE": env.optional_file("KEYSTONE_CA_FILE"),
        "USER": env.text("KEYSTONE_USER", "vitrine"),
        "PASSWORD": env.secret("KEYSTONE_PASSWORD", var / "keystone_password"),
        "PROJECT": env.text("KEYSTONE_PROJECT"),
        "SERVICE_DOMAIN": env.text("KEYSTONE_SERVICE_DOMAIN", "Default"),
        "DOMAIN": env.text("KEYSTONE_DOMAIN", "Default"),
        "ROLES": {role: role for role in ROLES[:-1]} | env.pairs("KEYSTONE_ROLES", values=ROLES),
        "CACHE_SECONDS": env.period("KEYSTONE_CACHE_SECONDS", 30, unit=env.SECOND),
        "RECHECK_SECONDS": env.period("KEYSTONE_RECHECK_SECONDS", 300, unit=env.SECOND, least=1),
        "TIMEOUT_SECONDS": env.period("KEYSTONE_TIMEOUT_SECONDS", 10, unit=env.SECOND, least=1),
        "LIMITS": LIMITS if has_limits else "",
        "ALL_LIMITS": ALL_LIMITS if has_limits else "",
        "LIMIT_SECONDS": env.period("KEYSTONE_LIMIT_SECONDS", 5, unit=env.SECOND),
    }


def authentication_classes(identity: str) -> list[str]:
    """Return how the APIs find out who asks, the first of which also says how to log in."""
    theirs = ["portal.identity.keystone.authentication.KeystoneAuthentication"]
    ours = [
        "portal.identity.authentication.TokenAuthentication",
        "portal.identity.authentication.CredentialAuthentication",
    ]
    return [
        *(theirs if identity != LOCAL else ()),
        *(ours if identity != KEYSTONE else ()),
        "portal.identity.authentication.SessionAuthentication",
    ]


def backends(identity: str) -> list[str]:
    """Return who is asked whether a name and a password fit together, before our own table is.

    Where only a Keystone says so, its refusal is the last word: no password of ours opens anything.
    """
    return [] if identity == LOCAL else [BACKEND]


def _versioned(url: str) -> str:
    return url if url.endswith("/v3") else f"{url}/v3"
