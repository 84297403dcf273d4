"""The pages that show images: the list, one image, its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from images.errors import WrongState
from images.lifecycle.members import members_for
from images.lifecycle.reading import open_data
from images.permissions import can_answer, demand_listing, may
from images.properties import readable
from images.states import Status, Visibility
from portal.activity import image_activity
from portal.downloads import file_name, send_file
from portal.forms.lists import ListForm
from portal.granted import shown_grants
from portal.listing import Listing
from portal.names import project_names
from portal.snippets import image_snippets, upload_snippet
from portal.views.base import ImageMixin, PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor
    from images.models import Image, Member

MOVING = frozenset({Status.SAVING, Status.UPLOADING, Status.IMPORTING})


class ImageListView(PageMixin, TemplateView):
    """/: the images that the actor's lists show."""

    template_name = "portal/image_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show one page of them."""
        demand_listing(self.actor)
        listing = Listing(self.request.GET, self.actor)
        context = {
            "listing": listing,
            "form": ListForm(self.request.GET),
            "names": project_names(image.owner for image in listing.images),
            "is_moving": any(image.status in MOVING for image in listing.images),
            "snippet": upload_snippet(),
        }
        return super().get_context_data(**context, **kwargs)


class ImageView(ImageMixin, TemplateView):
    """/images/<id>: everything about one image."""

    template_name = "portal/image.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the image, with its members for who may see them."""
        members = visible_members(self.image, self.actor)
        name = file_name(self.image)
        can_share = may(self.actor, "share", self.image)
        context = {
            "properties": readable(self.image.property_values, self.actor),
            "members": members,
            "grants": shown_grants(self.image, self.actor),
            "names": project_names([self.image.owner, *(one.project for one in members)]),
            "to_answer": share_to_answer(members, self.actor),
            "activity": image_activity(self.image, self.actor),
            "is_moving": self.image.status in MOVING,
            "snippets": image_snippets(self.image, file_name=name, can_share=can_share),
        }
        return super().get_context_data(**context, **kwargs)


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


def visible_members(image: Image, actor: Actor) -> list[Member]:
    """Return the shares that *actor* may see; none of an image that is not shared."""
    if image.visibility != Visibility.SHARED or not may(actor, "list_members", image):
        return []
    return list(members_for(image, actor=actor))


def share_to_answer(members: list[Member], actor: Actor) -> Member | None:
    """Return the one of *members* that *actor* can accept or reject for its own project."""
    own = (one for one in members if one.project == actor.project)
    return next((one for one in own if can_answer(actor, one)), None)


image_list = ImageListView.as_view()
