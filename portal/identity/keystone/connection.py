"""The way to the Keystone: one session a process, the service's own log-in, its trouble."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from keystoneauth1.adapter import Adapter
from keystoneauth1.exceptions import ClientException, NotFound
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from portal.identity.errors import SourceDown

logger = logging.getLogger(__name__)


@contextmanager
def keystone_trouble() -> Iterator[None]:
    """Say what went wrong at the Keystone in our words; the log has its own."""
    try:
        yield
    except ClientException as trouble:
        logger.warning("The Keystone does not serve: %s: %s", type(trouble).__name__, trouble)
        raise SourceDown from trouble


@cache
def session() -> Session:
    """Return the one session of this process; threads share it."""
    keystone = settings.KEYSTONE
    return Session(
        verify=keystone["CA_FILE"] or True,
        timeout=keystone["TIMEOUT_SECONDS"],
        user_agent="vitrine",
        redirect=False,
    )


def own_login() -> dict[str, Any]:
    """Return what the service itself logs in with: in a project, or else in the system."""
    keystone = settings.KEYSTONE
    login = {
        "auth_url": keystone["URL"],
        "username": keystone["USER"],
        "password": keystone["PASSWORD"],
        "user_domain_name": keystone["SERVICE_DOMAIN"],
    }
    if not keystone["PROJECT"]:
        return login | {"system_scope": "all"}
    domain = keystone["SERVICE_DOMAIN"]
    return login | {"project_name": keystone["PROJECT"], "project_domain_name": domain}


def ask(path: str, **query: str) -> dict[str, Any] | None:
    """Return what the Keystone answers the service itself, None where there is no such thing.

    Raises `SourceDown`, also where the service may not ask.
    """
    with keystone_trouble():
        try:
            answer: dict[str, Any] = _adapter().get(path, params=query).json()
        except NotFound:
            return None
        return answer


@cache
def _adapter() -> Adapter:
    return Adapter(
        session(),
        auth=Password(**own_login()),
        endpoint_override=settings.KEYSTONE["URL"],
        connect_retries=1,
    )
