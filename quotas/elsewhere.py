"""What somebody else says of the limits of all projects, such as a Keystone, inside a statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, F, Func, JSONField, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.module_loading import import_string

from quotas.limits import default_limit
from quotas.models import Resource

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

SQLITE = "(SELECT value FROM json_each(%(expressions)s)"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The limits that are *usual* there, and by project those of its *own*; bytes or counts.

    Of the projects *besides*, a condition, it says nothing.
    """

    usual: dict[str, int]
    own: dict[str, dict[str, int]]
    besides: Q


class Looked(Func):
    """What a JSON object, the first argument, has under the key that is the second, or NULL."""

    template = "CAST((%(expressions)s) AS bigint)"
    arg_joiner = " ->> "
    arity = 2
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        """Say it as SQLite does, which takes a key of digits for the number of a place."""
        context |= {"template": SQLITE, "arg_joiner": ") WHERE key = "}
        return self.as_sql(compiler, connection, **context)


def usual_of_all() -> dict[Resource, Any]:
    """Return for each resource `usual_limits` of the project of a row, for a statement over all.

    `QUOTA_SOURCE_OF_ALL` is asked once, and its answer is a parameter: its size grows with the
    number of projects that have a limit of their own there, and the number of parameters does not.
    """
    ours = {resource: Value(default_limit(resource), BigIntegerField()) for resource in Resource}
    source = settings.QUOTA_SOURCE_OF_ALL
    if not source:
        return ours
    said: Elsewhere = import_string(source)()
    return {resource: _usual(said, resource, default) for resource, default in ours.items()}


def _usual(said: Elsewhere, resource: Resource, default: Value) -> Case:
    own = {project: limits[resource] for project, limits in said.own.items() if resource in limits}
    usual = Value(said.usual[resource], BigIntegerField()) if resource in said.usual else default
    theirs = Looked(Cast(Value(json.dumps(own)), JSONField()), F("project"))
    return Case(When(said.besides, then=default), default=Coalesce(theirs, usual))
