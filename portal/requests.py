"""A request as our middleware hands it on to the pages."""

from __future__ import annotations

from django.http import HttpRequest

from images.actors import Actor


class PortalRequest(HttpRequest):
    """A request with its id, with where it came from, and with who asks."""

    request_id: str
    address: str
    actor: Actor
