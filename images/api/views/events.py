"""What happened: an audit by program, for whoever may read it."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import ApiView
from images.api.events import event_page, read_search
from images.lifecycle.activity import events_for, told


class EventListView(ApiView):
    """/api/events."""

    def get(self, request: Request) -> Response:
        """Answer one page of the events that are asked for."""
        events = events_for(self.actor, read_search(request.query_params))
        page = event_page(events, request.query_params)
        shown = [told(event, self.actor) for event in page.events]
        return Response({"events": shown} | page.links)
