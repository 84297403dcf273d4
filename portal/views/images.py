"""The pages that show one image, and its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from images.errors import WrongState
from images.lifecycle.reading import open_data
from images.lifecycle.verification import verify_image
from portal.image.downloads import send_file
from portal.image.tabs import OVERVIEW, TABS
from portal.views.base import ImageActView, ImageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class ImageView(ImageMixin, TemplateView):
    """/images/<id>, and below it an address for each tab."""

    template_name = "portal/image.html"
    tab = OVERVIEW

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what the tab is for."""
        label, shown = TABS[self.tab]
        tabs = {name: words for name, (words, _) in TABS.items()}
        context = {"tab": self.tab, "tabs": tabs, **shown(self.image, self.actor)}
        context["tab_title"] = "" if self.tab == OVERVIEW else label
        return super().get_context_data(**context, **kwargs)


class VerifyView(ImageActView):
    """/images/<id>/verify: let the data be read again."""

    act = "verify"

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Begin, and show how far it comes."""
        verify_image(self.image, actor=self.actor)
        messages.success(request, _("The data are being read; what is found will stand here."))
        return redirect("image", self.image.pk)


class DownloadView(ImageMixin, View):
    """/images/<id>/download: the data, whole or one range, as a file."""

    act = "download"

    @method_decorator(csp_update({"sandbox": True}))
    def get(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        """Send the data on the same way as the Image API."""
        reader = open_data(self.image, actor=self.actor)
        if reader is None:
            raise WrongState(_("The image has no data yet."))
        return send_file(request, self.image, reader)
