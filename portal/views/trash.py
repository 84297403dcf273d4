"""The pages of the trash: what lies there, restore, delete now."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from images.lifecycle.trash import purge_image, restore_image, trash_for
from images.models import Member
from images.models.grant import grants_on
from images.permissions import permit_in_trash
from images.states import MemberStatus, Visibility
from portal.lists.keyset import PAGE
from portal.lists.trash import Listing
from portal.places import local_path
from portal.refusals import Refusal, in_words
from portal.views.base import InProjectMixin, PageMixin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from images.models import Image

OPEN = frozenset({Visibility.PUBLIC, Visibility.COMMUNITY})


class TrashView(InProjectMixin, TemplateView):
    """/trash: what lies there, the newest first; ?all=1 and ?project= for who sees all."""

    template_name = "portal/trash.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show one page of it."""
        listing = Listing(self.request.GET, self.actor)
        sees_all = self.actor.sees_all
        return super().get_context_data(listing=listing, sees_all=sees_all, **kwargs)


class ChosenMixin(PageMixin):
    """An act on what was ticked (`image`), or on the one whose own button was pressed (`only`)."""

    @cached_property
    def chosen(self) -> list[Image]:
        """Return the images that lie in the trash still, as many as a page shows at most."""
        sent = self.request.POST
        asked = [str(sent["only"])] if "only" in sent else sent.getlist("image")
        found = trash_for(self.actor).filter(pk__in=_ids(asked)).in_order()
        return [one.image for one in found[:PAGE]]

    @property
    def place(self) -> str:
        """Return where to go afterwards."""
        return local_path(self.request.POST.get("next") or "/trash")

    def do(self, act: Callable[..., None]) -> list[Image]:
        """Do *act* to each; a refusal of one keeps no other from it, and is told."""
        done = []
        for image in self.chosen:
            try:
                act(image, actor=self.actor)
            except Refusal as refusal:
                text = _("%(image)s: %(why)s") % {"image": image, "why": in_words(refusal)}
                messages.error(self.request, text)
            else:
                done.append(image)
        return done

    def say_gone(self) -> None:
        """Say that there is nothing to do anything to."""
        is_none = not self.request.POST.keys() & {"only", "image"}
        none, gone = _("Choose an image first."), _("That lies in the trash no more.")
        messages.info(self.request, none if is_none else gone)


class RestoreView(ChosenMixin, View):
    """/trash/restore: bring back what was chosen."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, and say what came back."""
        done = self.do(restore_image)
        if done:
            messages.success(request, _restored(done))
        elif not self.chosen:
            self.say_gone()
        return redirect(self.place if done else "trash")


class PurgeView(ChosenMixin, TemplateView):
    """/trash/purge: the question, with all that goes, and the deed."""

    http_method_names = ["post"]
    template_name = "portal/trash_purge.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask first; what was confirmed is done."""
        if not self.chosen:
            self.say_gone()
            return redirect(self.place)
        if "confirmed" not in request.POST:
            return self.ask()
        if done := self.do(purge_image):
            messages.success(request, _purged(done))
        return redirect(self.place)

    def ask(self) -> HttpResponse:
        """Show the question to who may do it; to nobody else."""
        for image in self.chosen:
            permit_in_trash(self.actor, image)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what goes and who is affected."""
        return super().get_context_data(
            images=self.chosen,
            size=sum(image.size or 0 for image in self.chosen),
            is_open=any(image.visibility in OPEN for image in self.chosen),
            affected=_affected(self.chosen),
            holders=sum(not grant.has_ended for grant in grants_on(*self.chosen)),
            place=self.place,
            **kwargs,
        )


def _affected(images: list[Image]) -> int:
    """Return how many shares with other projects end with *images*."""
    shares = Member.objects.filter(image__in=images).exclude(status=MemberStatus.REJECTED)
    return shares.values("project").distinct().count()


def _ids(texts: list[str]) -> list[UUID]:
    """Return those of *texts* that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _restored(images: list[Image]) -> str:
    if len(images) == 1:
        return _("Restored: %(image)s.") % {"image": images[0]}
    many = ngettext("Restored %(count)d image.", "Restored %(count)d images.", len(images))
    return many % {"count": len(images)}


def _purged(images: list[Image]) -> str:
    if len(images) == 1:
        return _("Deleted for good: %(image)s.") % {"image": images[0]}
    many = ngettext(
        "Deleted %(count)d image for good.", "Deleted %(count)d images for good.", len(images)
    )
    return many % {"count": len(images)}
