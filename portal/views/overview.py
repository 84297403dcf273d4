"""The operator's first page, and that of the stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from portal.operating.overview import numbers, steps, work
from portal.operating.probing import probe, shown_stores
from portal.views.operate import OperateMixin
from stores.registry import get_store

if TYPE_CHECKING:
    from django.http import HttpRequest


class OverviewView(OperateMixin, TemplateView):
    """/operate: what works, what moves, what is stuck, what is still to be set up."""

    template_name = "portal/operate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show it; the page fetches the stores by itself, since one that is away takes its time."""
        shown = {"numbers": [work(), *numbers()], "steps": steps()}
        return super().get_context_data(**shown, **kwargs)


class StoresView(OperateMixin, TemplateView):
    """/operate/stores: each store, its room, and a button that tries it."""

    template_name = "portal/operate_stores.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show them."""
        return super().get_context_data(stores=shown_stores(), **kwargs)


class ProbeView(OperateMixin, View):
    """/operate/stores/<name>/probe: write, read and remove 4 MiB."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Do it, and say how long it took."""
        took = probe(get_store(name), actor=self.actor)
        said = _("%(store)s works: 4 MiB written, read and removed in %(time)d ms.")
        messages.success(request, said % {"store": name, "time": took})
        return redirect("operate-stores")
