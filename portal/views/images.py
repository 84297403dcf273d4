"""The pages of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def image_list(request: HttpRequest) -> HttpResponse:
    """Show the images of the project."""
    return render(request, "portal/image_list.html")
