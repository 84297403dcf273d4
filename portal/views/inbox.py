"""The inbox: what other projects share with one, to be answered, and what was granted."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from images.lifecycle.members import answer_share
from images.permissions import can_answer
from images.states import MemberStatus
from portal.names import project_names
from portal.sharing.granted import held_by
from portal.sharing.shares import by_answer, shares_with
from portal.undo import Undo, offer_undo
from portal.views.base import PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.models import Image


class InboxView(PageMixin, TemplateView):
    """/inbox: what other projects share with this one, and what was granted to who looks."""

    template_name = "portal/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what waits for an answer, what was accepted, and what was rejected."""
        shares = list(shares_with(self.actor.project))
        grants = held_by(self.actor)
        images = [one.image for one in shares] + [one.grant.image for one in grants]
        context = {
            "sections": by_answer(shares),
            "may_answer": bool(shares) and can_answer(self.actor, shares[0]),
            "grants": grants,
            "names": project_names(image.owner for image in images),
        }
        return super().get_context_data(**context | kwargs)


class AnswerView(InboxView):
    """/inbox/<id>: accept or reject, for the project in which one acts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Set the answer; where no such share is any more, show what there is."""
        share = shares_with(self.actor.project).filter(image_id=pk).first()
        if share is None:
            gone = self.get_context_data(is_gone=True)
            return self.render_to_response(gone, status=HTTPStatus.NOT_FOUND)
        was, answer = share.status, request.POST.get("answer", "")
        answer_share(share.image, actor=self.actor, project=share.project, answer=answer)
        if answer != was:
            _offer_undo(request, share.image, answer, was=was)
        return redirect("inbox")


def _offer_undo(request: HttpRequest, image: Image, answer: str, *, was: str) -> None:
    """Say what was answered; whoever took an answer back has nothing more to undo."""
    if answer == MemberStatus.PENDING:
        messages.success(request, _("%(image)s waits for an answer again.") % {"image": image})
        return
    text = {
        MemberStatus.ACCEPTED: _("Accepted: %(image)s. It is in the project’s list of images now."),
        MemberStatus.REJECTED: _("Rejected: %(image)s. It is in no list of the project."),
    }[MemberStatus(answer)]
    action = reverse("inbox-answer", args=[image.pk])
    undo = Undo(text % {"image": image}, action, [("answer", was)])
    offer_undo(request, reverse("inbox"), undo)
