"""How a client asks for a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from tests.portal.identity.conftest import TOKENS

TokenOf = Callable[..., str]
DOMAIN = {"id": "default", "name": "Default"}


def post(identity: dict[str, Any], **auth: Any) -> Any:
    """Log in with *identity*."""
    body = {"auth": {"identity": identity} | auth}
    return APIClient().post(TOKENS, body, format="json")


def by_token(secret: str) -> dict[str, Any]:
    return {"methods": ["token"], "token": {"id": secret}}


def by_credential(**parts: Any) -> dict[str, Any]:
    return {"methods": ["application_credential"], "application_credential": parts}


def shown(answer: Any) -> dict[str, Any]:
    """Return the token of a successful answer."""
    assert answer.status_code == 201, answer.content
    token: dict[str, Any] = answer.json()["token"]
    return token
