"""`/`: the image list for browsers, the versions of the API for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.vary import vary_on_headers

from images.api.views.discovery import versions
from portal.views.lists import image_list

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


@csrf_exempt  # the versions are answered to any method, and pages only to reading ones
@vary_on_headers("Accept")
def home(request: HttpRequest) -> HttpResponseBase:
    """Answer pages to whom prefers `text/html`, and 300 with the versions to everybody else."""
    if request.method in {"GET", "HEAD"} and _is_browser(request):
        return image_list(request)
    return versions(request, status=300)


def _is_browser(request: HttpRequest) -> bool:
    """Does `Accept` name HTML itself, as browsers do, and not just anything?"""
    return "text/html" in request.headers.get("Accept", "")
