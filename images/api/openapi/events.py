"""What happened, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, component, fixed, listed
from images.api.openapi.operation import DescribedView, answer, operation
from images.api.openapi.parameters import LIMIT, choice, in_query
from images.api.pagination import DIRECTIONS

NULLABLE = {"type": ["object", "null"]}
EVENT = component(
    "Event",
    fixed(
        id={"type": "integer"},
        time={"type": "string", "format": "date-time"},
        kind=TEXT,
        user=TEXT,
        project=TEXT,
        image_id={"type": ["string", "null"], "format": "uuid"},
        subject=TEXT,
        address=TEXT,
        token=TEXT,
        request_id=TEXT,
        before=NULLABLE,
        after=NULLABLE,
        details={"type": "object"},
    ),
)
EVENTS = component(
    "Events",
    fixed(events=listed(EVENT), first=TEXT)
    | {
        "properties": {"events": listed(EVENT), "first": TEXT, "next": TEXT},
    },
)


class EventList(DescribedView):
    """/api/events."""

    target_class = "images.api.views.events.EventListView"
    tag = "Events"
    operations = {
        "get": operation(
            "List events",
            {200: answer("One page of what happened, the newest first.", EVENTS)},
            {403: "Only readers of a project see its events; administrators and auditors all."},
            parameters=[
                LIMIT,
                in_query("marker", "The id of the event after which the page begins"),
                choice("sort_dir", "The newest first, or the oldest", sorted(DIRECTIONS)),
                in_query("kind", "A kind, or how it begins: `image.`"),
                in_query("user", "Who did it, by id"),
                in_query("image_id", "To which image", format="uuid"),
                in_query("subject", "To what else, by its id"),
                in_query("address", "From where"),
                in_query("project", "Whose it was; only administrators and auditors see several"),
                in_query("since", "From this time on (ISO 8601)", format="date-time"),
                in_query("until", "Before this time", format="date-time"),
            ],
        ),
    }
