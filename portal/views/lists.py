"""The list of images, and what is done to the ticked ones of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from images.permissions import demand_listing, may_create
from portal.forms.bulk import BulkForm
from portal.forms.chips import chips_of
from portal.forms.lists import ListForm, SaveFilterForm
from portal.identity.saved_filters import saved_filters
from portal.image.snippets import upload_snippet
from portal.lists.bulk import do_to_all, find_all
from portal.lists.listing import TAG, Listing
from portal.lists.rows import rows_of
from portal.names import project_names
from portal.templatetags.vitrine import marked
from portal.undo import offer_undo
from portal.views.base import ActView, InProjectMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.models import Image
    from portal.lists.bulk import Outcome

NAMED = 10
"""Images that a message names; of more it tells the number."""


class ListPage(InProjectMixin):
    """The page of the list, as its address asks for it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show one page of them, what narrows it, and which filters are kept."""
        demand_listing(self.actor)
        listing = Listing(self.request.GET, self.actor)
        kwargs.setdefault("bulk", BulkForm())
        form = ListForm({**listing.asked.dict(), TAG: ""})
        names = project_names([listing.owner, *(image.owner for image in listing.images)])
        rows = rows_of(listing.images, self.actor, names)
        context = {
            "listing": listing,
            "rows": rows,
            "filters": form,
            "chips": chips_of(listing, form, names),
            "saved": [*saved_filters(self.actor)],
            "save_form": SaveFilterForm(initial={"query": listing.address}),
            "pause": 2 if any(row.is_moving for row in rows) else 30,
            "snippet": upload_snippet(),
            "may_create": may_create(self.actor),
        }
        shown: dict[str, Any] = super().get_context_data(  # type: ignore[misc] # of the view below
            **context | kwargs
        )
        return shown


class ImageListView(ListPage, TemplateView):
    """/: the images that the actor's lists show."""

    template_name = "portal/image_list.html"


class BulkView(ListPage, ActView):
    """/images/bulk: do one thing to the ticked rows of the list whose query the address has."""

    template_name = "portal/image_list.html"
    form_class = BulkForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go to the list: there is nothing to see here."""
        return self._back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the list with what was ticked, and with what is wrong."""
        form = kwargs["form"]
        return super().get_context_data(bulk=form, ticked=form.data.getlist("image"), **kwargs)

    def do(self, form: BulkForm) -> HttpResponse:
        """Do it, or ask first whether it is meant."""
        asked = form.cleaned_data
        images = find_all(asked["image"], self.actor)
        if asked["act"] == "delete" and not asked["confirmed"]:
            return self._ask(images)
        outcome = do_to_all(images, asked, actor=self.actor)
        tell(self.request, outcome, missing=len(asked["image"]) - len(images))
        return self._back()

    def _ask(self, images: list[Image]) -> HttpResponse:
        """Show the question, which names all of them."""
        self.template_name = "portal/images_delete.html"
        context = {"images": images, "query": self.request.GET.urlencode()}
        return self.render_to_response(context)

    def _back(self) -> HttpResponse:
        return redirect(reverse("image-list") + query_of(self.request))


def query_of(request: HttpRequest) -> str:
    """Return what the address of *request* asks for, with its question mark; else nothing."""
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def tell(request: HttpRequest, outcome: Outcome, *, missing: int) -> None:
    """Say what was done, with a button that undoes it, and what was not and why.

    Of the images that were ticked, *missing* are not there any more.
    """
    if undo := outcome.undo(query_of(request)):
        offer_undo(request, reverse("image-list"), undo)
    elif outcome.done:
        messages.success(request, outcome.told)
    elif not outcome.refused and not missing:
        messages.info(request, _("Nothing had to be changed."))
    for reason, images in outcome.refused.items():
        text = _("Left as it was: %(images)s. %(reason)s")
        messages.warning(request, text % {"images": _listed(images), "reason": reason})
    if missing:
        gone = ngettext(
            "%(count)d of the images is not there any more, or not yours to see.",
            "%(count)d of the images are not there any more, or not yours to see.",
            missing,
        )
        messages.warning(request, gone % {"count": missing})


def _listed(images: list[Image]) -> str:
    names = ", ".join(marked(image) for image in images[:NAMED])
    more = len(images) - NAMED
    return _("%(names)s and %(more)d more") % {"names": names, "more": more} if more > 0 else names


image_list = ImageListView.as_view()
