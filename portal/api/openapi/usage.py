"""What a project uses, day by day, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, Schema, component, fixed, listed
from images.api.openapi.operation import DescribedView, answer, operation
from images.api.openapi.parameters import in_path, in_query
from quotas.forecast import Outlook
from quotas.history import DAYS
from quotas.models import Resource

NUMBER: Schema = {"type": "integer", "minimum": 0}
LINE: Schema = {"type": "integer", "minimum": -1, "description": "-1: there is no limit"}
DAY: Schema = TEXT | {"format": "date"}
GAUGE = component(
    "Gauge",
    {
        "type": "object",
        "properties": {
            "used": NUMBER,
            "reserved": NUMBER | {"description": "Held by uploads under way"},
            "limit": LINE,
            "soft": LINE | {"description": "Above it is a warning"},
            "in_trash": NUMBER | {"description": "Of what is used; until it is deleted there"},
            "outlook": {
                "enum": [outlook.value for outlook in Outlook],
                "description": "What can be said of when it is full; `dated`: `full_on`",
            },
            "full_on": {
                "type": ["string", "null"],
                "format": "date",
                "description": "At the last 14 days' pace",
            },
        },
        "required": ["used", "reserved", "limit", "soft"],
        "additionalProperties": False,
    },
)
POINT = component(
    "UsagePoint", fixed(day=DAY, used=NUMBER, reserved=NUMBER, images=NUMBER, uploads=NUMBER)
)
USAGE = component(
    "ProjectUsage",
    fixed(
        project_id=TEXT,
        usage=fixed(**{resource.value: GAUGE for resource in Resource}),
        points=listed(POINT),
    ),
)


class ProjectUsage(DescribedView):
    """/api/projects/{project_id}/usage."""

    target_class = "portal.api.usage.ProjectUsageView"
    tag = "Usage"
    path = [in_path("project_id", "The project's id")]
    operations = {
        "get": operation(
            "Show usage history",
            {
                200: answer(
                    "Bytes and counts: now, by limit, and a point a day, today's last.", USAGE
                )
            },
            {404: "There is no such project, or it is not yours to see."},
            parameters=[
                in_query(
                    "days",
                    f"Points of how many days, today with them ({DAYS})",
                    type="integer",
                    minimum=1,
                    maximum=DAYS,
                )
            ],
        ),
    }
