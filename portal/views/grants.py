"""The blocks of the share page in which rights are granted, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from images.lifecycle.givers import rights_to_give
from images.lifecycle.grants import grant_image, revoke_grant
from images.permissions import can_see, may
from images.states import GranteeKind
from portal.forms.grants import GrantForm
from portal.sharing.grantees import grant_named
from portal.undo import Undo, offer_undo
from portal.views.base import ImageActView
from portal.views.sharing import SharePage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.models.grant import Grant, Grantee


class GrantView(SharePage):
    """/images/<id>/grants/<kind>: grant rights to somebody of one kind."""

    form_class = GrantForm

    @property
    def kind(self) -> GranteeKind:
        """Whom the address means; 404 for what is no kind."""
        if self.kwargs["kind"] not in GranteeKind.values:
            raise Http404
        return GranteeKind(self.kwargs["kind"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what the actor has itself."""
        held = rights_to_give(self.actor, self.image)
        return super().get_form_kwargs() | {"kind": self.kind, "held": held}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the form in its block, with what is wrong."""
        form = kwargs.setdefault("form", self.get_form())
        return super().get_context_data(forms={self.kind: form}, **kwargs)

    def do(self, form: GrantForm) -> HttpResponse:
        """Grant it."""
        asked = form.cleaned_data
        to, rights, end = asked["name"], asked["rights"], asked["until"]
        grant_image(self.image, actor=self.actor, to=to, rights=rights, expires_at=end)
        messages.success(self.request, _("Granted to %(name)s.") % {"name": to.name})
        return redirect("image-share", self.image.pk)


class RevokeView(ImageActView):
    """/images/<id>/grants/<kind>/<id>: take a grant back, or give up one's own."""

    def post(self, request: HttpRequest, pk: str, kind: str, name: str) -> HttpResponse:
        """Take it, and offer to undo that."""
        grant, to = grant_named(self.image, actor=self.actor, kind=kind, name=name)
        revoke_grant(self.image, actor=self.actor, to=to)
        if may(self.actor, "share", self.image):
            self._offer_undo(grant, to)
            return redirect("image-share", self.image.pk)
        messages.success(
            request, _("You gave up your rights on %(image)s.") % {"image": self.image}
        )
        is_seen = can_see(self.actor, self.image)
        return redirect("image", self.image.pk) if is_seen else redirect("image-list")

    def _offer_undo(self, grant: Grant, to: Grantee) -> None:
        page = reverse("image-share", args=[self.image.pk])
        text = _("Taken back from %(name)s.") % {"name": to.name}
        if grant.has_ended:
            messages.success(self.request, text)
            return
        fields = [("name", to.id), *(("rights", right) for right in grant.shown_rights)]
        fields += [("until", grant.expires_at.isoformat())] if grant.expires_at else []
        action = reverse("image-grant", args=[self.image.pk, to.kind.value])
        offer_undo(self.request, page, Undo(text, action, fields))
