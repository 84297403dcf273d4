"""How the APIs answer trouble: as the Image API does, and a page's script in its reader's words."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.response import Response

from images.api import errors
from portal.refusals import in_words

PAGE = "X-Requested-With"
"""The header by which a script of a page says that a person will read the answer."""


def answer(error: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """Answer *error*; beside the API's own `message` a page is `told` it (DRF's handler)."""
    response = errors.answer(error, context)
    if isinstance(response, Response) and PAGE in context["request"].headers:
        response.data["told"] = in_words(error)
    return response
