"""The pages that change an image: edit, delete, deactivate, reactivate."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from images.lifecycle.images import (
    deactivate_image,
    delete_image,
    reactivate_image,
    update_image,
)
from images.lifecycle.trash import goes_to_trash, trash_image
from images.models.grant import grants_on
from images.states import MemberStatus
from portal.forms.editing import Editing
from portal.forms.images import EditImageForm
from portal.lists.trash import offer_restore
from portal.look import PortalForm
from portal.views.base import ActView, ImageActView, ImageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest


class EditView(ImageMixin, ActView):
    """/images/<id>/edit: fields, tags and custom properties, all or nothing."""

    act = "modify"
    template_name = "portal/image_edit.html"
    form_class = EditImageForm

    @cached_property
    def editing(self) -> Editing:
        """What was shown of the image, and what was sent."""
        sent = self.request.POST if self.request.method == "POST" else None
        return Editing(self.image, self.actor, sent)

    @cached_property
    def properties(self) -> Any:
        """The table of properties, filled in as it was sent."""
        return self.editing.properties

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know the image, who changes it, and what was shown of it."""
        return super().get_form_kwargs() | self.editing.kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the fields and the table."""
        kwargs.setdefault("properties", self.properties)
        return super().get_context_data(editing=self.editing, **kwargs)

    def form_valid(self, form: EditImageForm) -> HttpResponse:
        """Go on only if the table is right, too."""
        if self.properties.is_valid():
            return super().form_valid(form)
        return self.form_invalid(form)

    def do(self, form: EditImageForm) -> HttpResponse:
        """Change the image, unless that would undo what somebody else changed meanwhile."""
        changes = self.editing.wanted(form, self.properties)
        if found := self.editing.conflicts(changes):
            context = self.get_context_data(conflicts=found, **self.editing.again(changes))
            return self.render_to_response(context, status=HTTPStatus.CONFLICT)
        update_image(self.image, changes, actor=self.actor, as_of=self.image.updated_at)
        messages.success(self.request, _("Saved."))
        return redirect("image", self.image.pk)


class DeleteView(ImageMixin, ActView):
    """/images/<id>/delete: into the trash, with Undo; what cannot come back is asked for first.

    `?now` asks whether it is to be for good at once.
    """

    act = "delete"
    template_name = "portal/image_delete.html"
    form_class = PortalForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who is affected, and for how long it can be taken back."""
        affected = self.image.members.exclude(status=MemberStatus.REJECTED).count()
        holders = sum(not grant.has_ended for grant in grants_on(self.image))
        shown = {"affected": affected, "holders": holders, "days": settings.TRASH_DAYS}
        return super().get_context_data(to_trash=self.to_trash, **shown, **kwargs)

    @property
    def to_trash(self) -> bool:
        """Can it be brought back?"""
        return goes_to_trash(self.image) and "now" not in self.request.GET

    def do(self, form: PortalForm) -> HttpResponse:
        """Move the image to the trash, or ask, or delete it."""
        if self.to_trash:
            trash_image(self.image, actor=self.actor)
            offer_restore(self.request, self.image, page=reverse("image-list"))
        elif "confirmed" in self.request.POST:
            delete_image(self.image, actor=self.actor)
            messages.success(self.request, _("Deleted: %(image)s.") % {"image": self.image})
        else:
            return self.render_to_response(self.get_context_data(form=form))
        return redirect("image-list")


class SwitchView(ImageActView):
    """/images/<id>/{deactivate,reactivate}: stop or start serving the data."""

    verb = {"deactivate": deactivate_image, "reactivate": reactivate_image}
    told = {
        "deactivate": gettext_lazy("Deactivated: its data is not served any more."),
        "reactivate": gettext_lazy("Reactivated: its data is served again."),
    }

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Do it and go back to the image."""
        self.verb[str(self.act)](self.image, actor=self.actor)
        messages.success(request, self.told[str(self.act)])
        return redirect("image", self.image.pk)
