"""The pages of what happened: a list to search, and the same as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.generic import View

from images.api.numbers import read_number
from images.lifecycle.activity import events_for
from portal.events.activity import Activity, search_of
from portal.events.exports import csv_lines, json_lines
from portal.forms.activity import ActivityForm
from portal.views.base import PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FORMS = {"csv": (csv_lines, "text/csv; charset=utf-8"), "jsonl": (json_lines, "application/jsonl")}


class ActivityView(PageMixin, View):
    """/activity: who did what to which image, from where, when."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page of it."""
        form = ActivityForm(request.GET, sees_all=self.actor.sees_all)
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            after, before = (_marker(request, name) for name in ("after", "before"))
            context["activity"] = Activity(form, self.actor, after=after, before=before)
        status = 200 if "activity" in context else 400
        return render(request, "portal/activity.html", context, status=status)


class ExportView(PageMixin, View):
    """/activity.csv, /activity.jsonl: all that the filters find, the oldest first."""

    form = ""

    def get(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Send it while it is read."""
        asked = ActivityForm(request.GET, sees_all=self.actor.sees_all)
        if not asked.is_valid():
            return render(request, "portal/activity.html", {"form": asked}, status=400)
        events = events_for(self.actor, search_of(asked.cleaned_data))
        lines, media_type = FORMS[self.form]
        response = StreamingHttpResponse(lines(events, self.actor), content_type=media_type)
        response["Content-Disposition"] = f'attachment; filename="activity.{self.form}"'
        return response


def _marker(request: HttpRequest, name: str) -> int | None:
    """Return the id of an event in the address. Raises `BadRequest`."""
    text = request.GET.get(name)
    return read_number(name, text) if text else None
