"""/api/projects/{project_id}/usage: limits, use now, the last days, and when it is full."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from images.actors import READER, Actor
from images.api.base import ApiView
from images.api.errors import BadRequest
from images.api.numbers import read_number
from images.errors import NotVisible
from portal.identity.models import Project
from portal.quotas.gauges import Gauge
from portal.quotas.usage import PACES, gauges_of
from quotas.forecast import forecast
from quotas.history import DAYS, NUMBERS, points_of, today, use_of
from quotas.limits import UNLIMITED
from quotas.models import DailyUse


class ProjectUsageView(ApiView):
    """What one project uses: for its readers, and for who sees all."""

    def get(self, request: Request, project_id: str) -> Response:
        """Show it, and the points of as many days as are asked for."""
        first = first_day(request.query_params.get("days", str(DAYS)))
        usage = use_of(readable_project(project_id, self.actor))
        points = points_of(usage)
        gauges = gauges_of(usage)
        return Response(
            {
                "project_id": project_id,
                "usage": {name: show_gauge(gauges[name], points) for name in gauges},
                "points": [show_point(point) for point in points if point.day >= first],
            }
        )


def readable_project(project: str, actor: Actor) -> str:
    """Return the id *project* if *actor* may read its use, or raise `NotVisible`."""
    is_own = actor.project == project and actor.has_role(READER)
    if is_own or (actor.sees_all and Project.objects.filter(pk=project).exists()):
        return project
    raise NotVisible("There is no such project, or it is not yours to see.")


def first_day(days: str) -> date:
    """Return the first of the last *days* days. Raises `BadRequest`."""
    number = read_number("days", days, least=1)
    if number > DAYS:
        raise BadRequest(f"'days' must be a whole number from 1 to {DAYS}.")
    return today() - timedelta(days=number - 1)


def show_gauge(gauge: Gauge, points: list[DailyUse]) -> dict[str, Any]:
    """Return *gauge* in bytes, or as counts; of what has *points*, also when it is full."""
    limit = UNLIMITED if gauge.limit is None else gauge.limit
    shown = {
        "used": gauge.used,
        "reserved": gauge.reserved,
        "limit": limit,
        "soft": UNLIMITED if gauge.soft is None else gauge.soft,
    }
    if gauge.resource not in PACES:
        return shown
    found = forecast(points, limit, PACES[gauge.resource])
    day = found.day and found.day.isoformat()
    return shown | {
        "in_trash": gauge.in_trash,
        "outlook": found.outlook.value,
        "full_on": day,
    }


def show_point(point: DailyUse) -> dict[str, Any]:
    """Return *point* in bytes and counts."""
    return {"day": point.day.isoformat()} | {name: getattr(point, name) for name in NUMBERS}
