"""The providers of single sign-on that the environment names (OpenID Connect)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.configuration import environment as env

FIRST = "sso"  # the id of the provider whose variables have no id in their names
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
GROUP = re.compile(r"(?P<group>.+)=(?P<project>[^=:]+):(?P<role>reader|member|manager)")


def configured_providers() -> list[dict[str, Any]]:
    """Return django-allauth's settings of each provider; none named, none there.

    Raises `ImproperlyConfigured`.
    """
    ids = [FIRST] if env.text("OIDC_URL") else []
    return [_provider(name) for name in [*ids, *env.words("OIDC_PROVIDERS", [])]]


def group_roles() -> dict[str, list[tuple[str, str]]]:
    """Return which projects and roles each group of a provider gives (`VITRINE_OIDC_GROUPS`)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in env.words("OIDC_GROUPS", []):
        parts = GROUP.fullmatch(rule)
        if parts is None:
            raise ImproperlyConfigured(
                f"VITRINE_OIDC_GROUPS must be rules group=project:role, not {rule!r}."
            )
        found.setdefault(parts["group"], []).append((parts["project"], parts["role"]))
    return found


def _provider(name: str) -> dict[str, Any]:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ImproperlyConfigured(
            f"VITRINE_OIDC_PROVIDERS must be ids of small letters, digits and -, not {name!r}."
        )
    prefix = "OIDC" if name == FIRST else f"OIDC_{name.upper().replace('-', '_')}"
    url = env.text(f"{prefix}_URL").rstrip("/")
    if not _is_safe(url):
        raise ImproperlyConfigured(f"VITRINE_{prefix}_URL must be an https address.")
    client_id = env.text(f"{prefix}_CLIENT_ID")
    secret = env.secret(f"{prefix}_CLIENT_SECRET", Path(env.text(f"{prefix}_CLIENT_SECRET_FILE")))
    if not (client_id and secret):
        raise ImproperlyConfigured(
            f"VITRINE_{prefix}_CLIENT_ID and VITRINE_{prefix}_CLIENT_SECRET must be set,"
            f" or VITRINE_{prefix}_CLIENT_SECRET_FILE must be readable."
        )
    scope = env.text(f"{prefix}_SCOPES", "openid profile email").split()
    return {
        "provider_id": name,
        "name": env.text(f"{prefix}_NAME", str(urlsplit(url).hostname)),
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url, "oauth_pkce_enabled": True, "scope": scope},
    }


def _is_safe(url: str) -> bool:
    """Tell whether what *url* answers cannot be changed on its way."""
    parts = urlsplit(url) if env.is_url(url) else None
    return parts is not None and (parts.scheme == "https" or parts.hostname in LOOPBACK)
