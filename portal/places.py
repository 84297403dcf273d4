"""Where a form may lead to, and where it stood: a path of this site, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

READING = ("GET", "HEAD")


def local_path(url: str) -> str:
    """Return *url* if it is a path of this site, else the front page."""
    is_local = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_local and url.startswith("/") else resolve_url("image-list")


def sign_in_first(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the sign-in, and from there back to where one was.

    What was sent by a button is not done, and its address may show nothing: then one was on the
    page that the button stands on.
    """
    here = request.get_full_path()
    if request.method in READING:
        return redirect_to_login(here)
    if request.accepts("text/html"):
        messages.warning(request, _("You are signed out, so what you asked for was not done."))
    return redirect_to_login(page_of_form(request) or here)


def page_of_form(request: HttpRequest) -> str:
    """Return the path and query of the page that sent *request*, if it is one of this site."""
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, allowed_hosts={request.get_host()}):
        return ""
    return urlsplit(sender)._replace(scheme="", netloc="", fragment="").geturl()
