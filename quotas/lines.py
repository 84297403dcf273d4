"""Soft lines: whoever passes one is told of it once."""

from __future__ import annotations

from images.actors import NOBODY
from images.events import record_act
from quotas.limits import UNLIMITED, WARNED, Line, line_of
from quotas.models import Resource, Usage
from quotas.signals import soft_line_passed


def mind_lines(usage: Usage, before: dict[str, int]) -> None:
    """Note and tell which soft lines the locked *usage* has passed since it was as *before*.

    It is told once, and again only after the line was kept in between.
    """
    for resource, (counted, warned) in WARNED.items():
        now, was_above = getattr(usage, counted), getattr(usage, warned)
        change = now - before[counted]
        if (change > 0 and not was_above) or (change < 0 and was_above):
            line = line_of(usage.project, resource)
            is_above = line.hard != UNLIMITED and now > line.soft
            setattr(usage, warned, is_above)
            if is_above and not was_above:
                _tell(usage.project, resource, now, line)


def _tell(project: str, resource: Resource, used: int, line: Line) -> None:
    record_act(
        "quota.soft_line",
        NOBODY,
        subject=project,
        project=project,
        resource=str(resource),
        used=used,
        soft=line.soft,
        limit=line.hard,
    )
    soft_line_passed.send(Usage, project=project, resource=resource, used=used, line=line)
