"""Where a form may lead to: a path of this site, and nowhere else."""

from __future__ import annotations

from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def local_path(url: str) -> str:
    """Return *url* if it is a path of this site, else the front page."""
    is_local = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_local and url.startswith("/") else resolve_url("image-list")
