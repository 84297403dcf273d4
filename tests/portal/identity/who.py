"""A view that says who asks it."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from portal.identity.authentication import (
    CredentialAuthentication,
    SessionAuthentication,
    TokenAuthentication,
)
from portal.identity.models import ApplicationCredential, User

Robot = tuple[str, ApplicationCredential]


class WhoView(APIView):
    """Answer who asks."""

    authentication_classes = [TokenAuthentication, CredentialAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated]
    parser_classes = []

    def get(self, request: Request) -> Response:
        return Response({"actor": request.auth})

    def put(self, request: Request) -> Response:
        return self.get(request)

    def post(self, request: Request) -> Response:
        return self.get(request)


def ask(method: str = "get", path: str = "/", user: User | None = None, **headers: str) -> Any:
    """Return the answer to a request with *headers*, and with a session of *user*."""
    make = APIRequestFactory(enforce_csrf_checks=True).generic
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = make(method.upper(), path, "{}", "application/json", headers=given)
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    return WhoView.as_view()(request)


def basic(public_id: str, secret: str) -> str:
    """Return a Basic header's value."""
    return "Basic " + base64.b64encode(f"{public_id}:{secret}".encode()).decode()
