"""The page of sharing: with whom an image is shared, and who else was granted what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from images.lifecycle.givers import rights_to_give
from images.lifecycle.members import share_image, unshare_image
from images.states import GranteeKind, Visibility
from portal.forms.grants import GrantForm, as_typed
from portal.forms.images import NAMED
from portal.forms.sharing import ShareForm
from portal.image.tabs import visible_members
from portal.names import project_names
from portal.sharing.granted import Shown, of_kind, shown_grants
from portal.undo import Undo, offer_undo
from portal.views.base import ActView, ImageActView, ImageMixin
from portal.views.links import link_context

if TYPE_CHECKING:
    from django.http import HttpRequest


class SharePage(ImageMixin, ActView):
    """The page of sharing: a block for projects, people, groups, each with its own form."""

    act = "share"
    template_name = "portal/image_share.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show with whom it is shared; *forms* are those of blocks that are filled in already."""
        members = visible_members(self.image, self.actor)
        grants = shown_grants(self.image, self.actor)
        forms = self._grant_forms(grants) | kwargs.pop("forms", {})
        context = {
            "members": members,
            "names": project_names(one.project for one in members),
            "is_shared": self.image.visibility == Visibility.SHARED,
            "visibility": NAMED[Visibility(self.image.visibility)],
            "share_form": ShareForm(),
            "blocks": {
                kind.value: {"kind": kind, "grants": of_kind(grants, kind), "form": forms[kind]}
                for kind in GranteeKind
            },
            "is_alone": not members and not grants,
        }
        context |= link_context(self.image, self.actor)
        return super().get_context_data(**context | kwargs)

    def _grant_forms(self, grants: list[Shown]) -> dict[GranteeKind, GrantForm]:
        """Return a form for each kind; `?user=NAME` fills in what that one has now."""
        held = rights_to_give(self.actor, self.image)
        return {
            kind: GrantForm(
                kind=kind,
                held=held,
                initial=as_typed(of_kind(grants, kind), self.request.GET.get(kind.value)),
            )
            for kind in GranteeKind
        }


class ShareView(SharePage):
    """/images/<id>/share: share with a project by its name."""

    form_class = ShareForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the form in its block, with what is wrong."""
        form = kwargs.setdefault("form", self.get_form())
        return super().get_context_data(share_form=form, **kwargs)

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
        """Take it back, and offer to undo that."""
        unshare_image(self.image, actor=self.actor, project=project)
        page = reverse("image-share", args=[self.image.pk])
        name = project_names([project]).get(project)
        text = _("The share with %(project)s was taken back.") % {"project": name or project}
        if name:
            offer_undo(request, page, Undo(text, page, [("project", name)]))
        else:
            messages.success(request, text)
        return redirect(page)
