"""Which tasks a list holds: filters, order and pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, OrderBy, Q
from django.http import QueryDict

from images.api.errors import BadRequest
from images.api.pagination import DIRECTIONS, read_limit
from images.ids import read_id
from images.models import Task
from images.models.task import TaskQuerySet
from images.states import TaskStatus, TaskType

SORT_KEYS = frozenset({"id", "type", "status", "created_at", "updated_at", "expires_at"})
ASKED_TYPES = frozenset({TaskType.IMPORT.value})
"""What the API lets be asked for; it never learned the names of the others."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some of the tasks, and the addresses of the first page and the next."""

    tasks: Sequence[Task]
    links: dict[str, str]


def task_page(tasks: TaskQuerySet, query: QueryDict) -> TaskPage:
    """Return the page of *tasks* that *query* asks for. Raises `BadRequest`."""
    found = _filtered(tasks, query)
    limit = read_limit(query)
    key, direction = query.get("sort_key", "created_at"), query.get("sort_dir", "desc")
    if key not in SORT_KEYS or direction not in DIRECTIONS:
        raise BadRequest(f"Tasks cannot be sorted by '{key}' '{direction}'.")
    if "marker" in query:
        found = found.filter(_beyond(tasks, str(query["marker"]), key, direction))
    page = [*found.order_by(_sorted_by(key, direction), _sorted_by("id", direction))[:limit]]
    links = {"first": _address(query, None)}
    if page and len(page) == limit:
        links["next"] = _address(query, str(page[-1].pk))
    return TaskPage(page, links)


def _filtered(tasks: TaskQuerySet, query: QueryDict) -> TaskQuerySet:
    if "type" in query:
        if query["type"] not in ASKED_TYPES:
            raise BadRequest("type is import.")
        tasks = tasks.filter(type=query["type"])
    if "status" in query:
        if query["status"] not in TaskStatus.values:
            raise BadRequest(f"status is one of {', '.join(TaskStatus.values)}.")
        tasks = tasks.filter(status=query["status"])
    return tasks


def _sorted_by(key: str, direction: str) -> OrderBy:
    """Return the order by *key*; what has none comes last, whatever the database would do."""
    column = F(key)
    return column.asc(nulls_last=True) if direction == "asc" else column.desc(nulls_last=True)


def _beyond(tasks: TaskQuerySet, marker: str, key: str, direction: str) -> Q:
    """Return the condition "comes after the task *marker*"."""
    try:
        last = tasks.filter(pk=read_id(marker)).first()
    except ValueError:
        last = None
    if last is None:
        raise BadRequest("marker is not the id of a task.")
    way = "gt" if direction == "asc" else "lt"
    value = getattr(last, key)
    ties = Q(**{key: value, f"id__{way}": last.pk})
    return ties if value is None else ties | Q(**{f"{key}__{way}": value}) | Q(**{key: None})


def _address(query: QueryDict, marker: str | None) -> str:
    asked = query.copy()
    asked.pop("marker", None)
    if marker:
        asked["marker"] = marker
    return "/v2/tasks" + (f"?{asked.urlencode()}" if asked else "")
