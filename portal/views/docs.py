"""/docs/: what the APIs take and answer, as a document for programs and as a page for people."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import etag, require_safe

from portal.openapi import document

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    """Show the document to anybody; who is signed in may try it there.

    Its script is a file of ours in place of `SpectacularSwaggerSplitView`, which writes one for
    each visitor with the form's token in it.
    """
    return render(request, "portal/docs.html")


@cache
def _digest() -> str:
    return sha256(document()).hexdigest()[:32]


def _tag(request: HttpRequest) -> str:
    return f'"{_digest()}"'


@require_safe
@etag(_tag)
def api_document(request: HttpRequest) -> HttpResponse:
    """Answer the document in OpenAPI 3.1."""
    response = HttpResponse(document(), content_type="application/json")
    response["Cache-Control"] = "no-cache"
    return response
