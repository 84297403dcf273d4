"""The filters that somebody keeps: all of them, a new one, another name, gone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from portal.forms.lists import FilterNameForm, SaveFilterForm
from portal.identity.saved_filters import (
    remove_filter,
    rename_filter,
    save_filter,
    saved_filters,
)
from portal.lists.listing import plain
from portal.undo import Undo, offer_undo
from portal.views.base import ActView, InProjectMixin, PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.identity.models import SavedFilter


class FiltersPage(InProjectMixin, ActView):
    """The page of all of them, each with a form for its name."""

    template_name = "portal/filters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show them; the form that was sent stands at its own."""
        return super().get_context_data(saved=saved_filters(self.actor), **kwargs)


class FiltersView(FiltersPage):
    """/images/filters: keep the filter of a list under a name."""

    form_class = SaveFilterForm

    def do(self, form: SaveFilterForm) -> HttpResponse:
        """Keep it, and show its list."""
        query = plain(QueryDict(form.cleaned_data["query"])).urlencode()
        kept = save_filter(form.cleaned_data["name"], query, actor=self.actor)
        messages.success(self.request, _("Saved: %(name)s.") % {"name": kept})
        return redirect(f"{reverse('image-list')}?{query}")


class FilterMixin(PageMixin):
    """One of one's own in this project; 404 for all others."""

    @cached_property
    def kept(self) -> SavedFilter:
        """The filter of the address."""
        return get_object_or_404(saved_filters(self.actor), pk=self.kwargs["pk"])


class FilterView(FilterMixin, FiltersPage):
    """/images/filters/<number>: call it otherwise."""

    form_class = FilterNameForm
    http_method_names = ["post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the form at the filter that it names."""
        return super().get_context_data(renamed=self.kept, **kwargs)

    def do(self, form: FilterNameForm) -> HttpResponse:
        """Rename it."""
        rename_filter(self.kept, form.cleaned_data["name"], actor=self.actor)
        messages.success(self.request, _("Renamed: %(name)s.") % {"name": self.kept})
        return redirect("filters")


class RemoveFilterView(FilterMixin, View):
    """/images/filters/<number>/remove: keep it no longer."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it, and offer to undo that."""
        kept = self.kept
        text = _("Removed: %(name)s.") % {"name": kept}
        fields = [("name", kept.name), ("query", kept.query)]
        remove_filter(kept, actor=self.actor)
        offer_undo(request, reverse("filters"), Undo(text, reverse("filters"), fields))
        return redirect("filters")
