"""The upload pages: first the record by a form, then the bytes to that image's own address."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from images.api.errors import BadRequest
from images.api.numbers import MOST, whole_number
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image
from images.permissions import may_create
from images.states import Status
from portal.errors import wants_json
from portal.forms.images import NewImageForm
from portal.image.snippets import upload_snippets
from portal.look import PortalForm
from portal.quotas.usage import Room, room_of
from portal.refusals import refusals_in
from portal.views.base import ActView, ImageMixin, InProjectMixin
from stores.uploadhandler import FIELD, StoreUploadHandler

if TYPE_CHECKING:
    from django.http import HttpRequest

    from stores.session import UploadSession


class NewImageView(InProjectMixin, ActView):
    """/images/new: the record; with JavaScript the page opens a resumable upload for its bytes."""

    template_name = "portal/image_new.html"
    form_class = NewImageForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know who asks."""
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the page what is left, and so what would be refused anyway."""
        context = {"room": room_of(self.actor.project or ""), "most": settings.IMAGE_SIZE_CAP}
        context |= {"snippets": [*upload_snippets()], "is_command": "way" in self.request.GET}
        context |= {"may_create": may_create(self.actor)}
        return super().get_context_data(**context, **kwargs)

    def do(self, form: NewImageForm) -> HttpResponse:
        """Make the record, and say what its bytes go to."""
        image = create_image(form.image_fields, actor=self.actor)
        if wants_json(self.request):
            told = {"image": image.pk, "address": reverse("image", args=[image.pk])}
            return JsonResponse(told, status=201)
        address = reverse("image-upload", args=[image.pk])
        return redirect(f"{address}?store={form.cleaned_data['store']}")


@method_decorator(csrf_exempt, name="dispatch")
class UploadView(ImageMixin, ActView):
    """/images/<id>/upload?store=…&size=…: the bytes, as the one file of a form without scripts.

    A form's CSRF token lies in the body, and reading it streams the file: so the check runs
    inside, when the file's way into the store is open, and nothing is sealed before it.
    """

    act = "upload"
    template_name = "portal/image_upload.html"
    form_class = PortalForm

    def get_form(self, form_class: type[PortalForm] | None = None) -> PortalForm:
        """Return a form that does not read the request: its body goes elsewhere."""
        return PortalForm({})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the image waits for data, and how much its project may still have."""
        waits = self.image.current_status() == Status.QUEUED
        owner = self.image.owner or ""
        is_told = self.actor.project == owner or self.actor.sees_all
        context = {"room": room_of(owner) if is_told else Room(), "most": settings.IMAGE_SIZE_CAP}
        return super().get_context_data(waits=waits, **context, **kwargs)

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Take the bytes, or say in the form why not."""
        form = self.get_form()
        with refusals_in(form) as outcome:
            return self.take_form(request)
        return self.form_invalid(form, status=outcome.status)

    def take_form(self, request: HttpRequest) -> HttpResponse:
        """Let the file stream into the store while the form is read."""
        with self.receiving() as session:
            request.upload_handlers = [StoreUploadHandler(session)]
            return self.seal(request, session)

    @method_decorator(csrf_protect)
    def seal(self, request: HttpRequest, session: UploadSession) -> HttpResponse:
        """Keep what came: the token was right."""
        if FIELD not in request.FILES:
            raise BadRequest(_("Choose a file."))
        session.seal()
        return redirect("image", self.image.pk)

    def receiving(self) -> AbstractContextManager[UploadSession]:
        """Open the image for its data in the store of the address."""
        store, size = self.request.GET.get("store"), declared_size(self.request)
        return receiving(self.image, actor=self.actor, size=size, store=store)


def declared_size(request: HttpRequest) -> int | None:
    """Return the bytes that will come, if the address says so.

    Raises `BadRequest`.
    """
    text = request.GET.get("size", "")
    if not text:
        return None
    size = whole_number(text)
    if size is None or not 0 <= size <= MOST:
        raise BadRequest(_("The size must be a whole number of bytes."))
    return size
