"""Download links: the door for who has one, and the pages of who makes and revokes them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from images.errors import NotVisible
from images.lifecycle.links import links_of, make_link, restore_link, revoke_link
from portal.forms.links import LinkForm
from portal.image.downloads import file_name
from portal.image.snippets import check_snippet, link_snippet
from portal.sharing.links import address_of, demand_use_left, send_linked, visit
from portal.views.base import ActView, ImageActView, ImageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor
    from images.models import Image


@method_decorator(never_cache, name="dispatch")
class LinkedView(View):
    """What is reached with a link alone: it asks for no account, and tells no other site of itself.

    Every link that opens nothing gets the same answer, whatever it was.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer what the link opens, or that it opens nothing."""
        request.path = "/links/…"  # which a log of trouble tells, and with it no secret
        try:
            response = super().dispatch(request, *args, **kwargs)
        except NotVisible:
            response = render(request, "portal/link_dead.html", status=HTTPStatus.FORBIDDEN)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


class LinkView(LinkedView):
    """/links/<secret>: what there is to download, how often still, and until when."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Show it; looking is no use."""
        link = visit(request, secret).link
        demand_use_left(link)
        name = file_name(link.image)
        file = settings.PUBLIC_URL + reverse("link-file", args=[secret])
        context = {
            "link": link,
            "image": link.image,
            "file": file,
            "curl": link_snippet(file, file_name=name),
            "check": check_snippet(link.image, file_name=name),
        }
        return render(request, "portal/link.html", context)


class LinkFileView(LinkedView):
    """/links/<secret>/file: the data, whole or one range, as a file."""

    @method_decorator(csp_update({"sandbox": True}))
    def get(self, request: HttpRequest, secret: str) -> HttpResponseBase:
        """Send them on the same way as a download by who is signed in."""
        return send_linked(request, visit(request, secret))


class ImageLinksView(ImageMixin, ActView):
    """/images/<id>/links: the links to one image, and a form for another."""

    act = "share"
    template_name = "portal/image_links.html"
    form_class = LinkForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the links."""
        return super().get_context_data(**link_context(self.image, self.actor), **kwargs)

    def do(self, form: LinkForm) -> HttpResponse:
        """Make one, and show its secret this once."""
        secret, link = make_link(self.image, form.wanted, actor=self.actor)
        address = address_of(secret)
        snippet = link_snippet(f"{address}/file", file_name=file_name(self.image))
        context = {"image": self.image, "link": link, "address": address, "snippet": snippet}
        return render(self.request, "portal/link_made.html", context)


class SwitchLinkView(ImageActView):
    """/images/<id>/links/<id>/{revoke,restore}: end a link, or take that back."""

    act = "share"
    verb = {"revoke": revoke_link, "restore": restore_link}
    name = ""

    def post(self, request: HttpRequest, pk: str, link: str) -> HttpResponse:
        """Do it; the row says what became of it."""
        found = get_object_or_404(links_of(self.image, actor=self.actor), pk=link)
        self.verb[self.name](found, actor=self.actor)
        return redirect("image-links", self.image.pk)


def link_context(image: Image, actor: Actor) -> dict[str, Any]:
    """Return what `portal/_links.html` shows of *image*, for a page of who may share it."""
    return {"links": list(links_of(image, actor=actor)), "link_form": LinkForm()}
