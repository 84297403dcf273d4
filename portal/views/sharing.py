"""The pages of sharing: with whom an image is shared, and what others share with us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from images.lifecycle.members import answer_share, share_image, unshare_image
from images.models import Image
from images.states import Visibility
from portal.forms.sharing import ShareForm
from portal.names import project_names
from portal.shares import shares_with
from portal.views.base import ActView, ImageActView, ImageMixin, PageMixin
from portal.views.images import visible_members

if TYPE_CHECKING:
    from django.http import HttpRequest


class ShareView(ImageMixin, ActView):
    """/images/<id>/share: share with a project by its name."""

    act = "share"
    template_name = "portal/image_share.html"
    form_class = ShareForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show with whom it is shared."""
        members = visible_members(self.image, self.actor)
        context = {
            "members": members,
            "names": project_names(one.project for one in members),
            "is_shared": self.image.visibility == Visibility.SHARED,
        }
        return super().get_context_data(**context, **kwargs)

    def do(self, form: ShareForm) -> HttpResponse:
        """Share it."""
        project = form.cleaned_data["project"]
        share_image(self.image, actor=self.actor, project=project.pk)
        text = _("Shared with %(project)s, which can now accept it.")
        messages.success(self.request, text % {"project": project})
        return redirect("image-share", self.image.pk)


class UnshareView(ImageActView):
    """/images/<id>/share/<project>: take the share back."""

    act = "share"

    def post(self, request: HttpRequest, pk: str, project: str) -> HttpResponse:
        """Take it back."""
        unshare_image(self.image, actor=self.actor, project=project)
        messages.success(request, _("The share was taken back."))
        return redirect("image-share", self.image.pk)


class InboxView(PageMixin, TemplateView):
    """/inbox: what other projects share with this one."""

    template_name = "portal/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what waits for an answer, and what was answered."""
        shares = list(shares_with(self.actor.project))
        names = project_names(share.image.owner for share in shares)
        return super().get_context_data(shares=shares, names=names, **kwargs)


class AnswerView(PageMixin, View):
    """/inbox/<id>: accept or reject."""

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Set the project's answer."""
        image = Image.objects.visible_to(self.actor).get_or_absent(pk)
        answer = request.POST.get("answer", "")
        answer_share(image, actor=self.actor, project=str(self.actor.project), answer=answer)
        messages.success(request, _("Your answer is kept; you can change it at any time."))
        return redirect("inbox")
