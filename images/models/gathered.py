"""Small rows that hang on a row, gathered as JSON in the row's own query."""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import Aggregate, Func, JSONField, QuerySet, Subquery, Value


class _Gathered(JSONField):
    """What a database gathered, read ten times as quickly; nobody asks for a part of it."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else orjson.loads(value)


class _Row(Func):
    """Some fields of a row, as one JSON array."""

    function = "JSON_BUILD_ARRAY"
    output_field = _Gathered()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_ARRAY", **context)


class _Rows(Aggregate):
    """All values of a group, as one JSON array.

    PostgreSQL writes it as text as it goes; `jsonb` is built first, which takes a quarter longer.
    """

    function = "JSON_AGG"
    template = "%(function)s(%(expressions)s)::text"
    output_field = _Gathered()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "%(function)s(%(expressions)s)"
        return self.as_sql(
            compiler, connection, function="JSON_GROUP_ARRAY", template=template, **context
        )


def gathered(rows: QuerySet[Any, Any], *fields: str) -> Subquery:
    """Return *rows*, which refer to the outer row, as a JSON array; null if there are none.

    Each row is an array of its *fields*, in no order: the reader sorts.
    """
    one = rows.order_by().annotate(group=Value(1)).values("group")
    together = one.annotate(gathered=_Rows(_Row(*fields))).values("gathered")
    return Subquery(together, output_field=_Gathered())
