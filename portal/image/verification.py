"""What is known of an image’s data since they came: a check under way, or the last one’s end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.lifecycle.verification import checks_of
from images.models import Event
from images.states import TaskStatus

if TYPE_CHECKING:
    from datetime import datetime

    from images.models import Image, Task

INTACT, CORRUPT = "image.verify", "image.corrupt"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: *percent* is how far it is, None while it waits; *trouble* why it could not be."""

    state: str
    at: datetime | None = None
    percent: int | None = None
    trouble: str = ""
    stores: str = ""

    @property
    def is_moving(self) -> bool:
        """Is it under way?"""
        return self.state in {"waiting", "reading"}


def check_of(image: Image) -> Check | None:
    """Return the newest check of *image*, with two queries; None if there never was one."""
    task = checks_of(image).first()
    if task and task.status == TaskStatus.PENDING:
        return Check("waiting", task.created_at)
    if task and task.status == TaskStatus.PROCESSING:
        return Check("reading", task.created_at, _percent(task))
    events = Event.objects.filter(image_id=image.pk, kind__in=[INTACT, CORRUPT])
    event = events.order_by("-pk").first()
    if task and task.status == TaskStatus.FAILURE and _is_newer(task, event):
        return Check("failed", task.updated_at, trouble=task.message)
    if event is None:
        return None
    state = "intact" if event.kind == INTACT else "corrupt"
    return Check(state, event.created_at, stores=", ".join(event.payload.get("backends", ())))


def _percent(task: Task) -> int:
    told = task.result or {}
    return 100 * int(told.get("done", 0)) // max(int(told.get("size", 0)), 1)


def _is_newer(task: Task, event: Event | None) -> bool:
    """Did *task* end without an event of its own?"""
    return event is None or event.created_at < task.created_at
