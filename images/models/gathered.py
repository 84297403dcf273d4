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
    """All values of a group, as one JSON array; `false` if that is longer than *most* bytes.

    PostgreSQL writes it as text as it goes; `jsonb` is built first, which takes a quarter longer.
    It makes an aggregate that stands there twice once.
    """

    output_field = _Gathered()

    def __init__(self, row: _Row, *, most: int | None) -> None:
        super().__init__(row)
        self.most = most

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = self._bounded("JSON_AGG(%(expressions)s)::text", "OCTET_LENGTH")
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = self._bounded("JSON_GROUP_ARRAY(%(expressions)s)", "LENGTH")
        return self.as_sql(compiler, connection, template=template, **context)

    def _bounded(self, rows: str, length: str) -> str:
        if self.most is None:
            return rows
        return f"CASE WHEN {length}({rows}) > {self.most} THEN 'false' ELSE {rows} END"


def gathered(rows: QuerySet[Any, Any], *fields: str, most: int | None = None) -> Subquery:
    """Return *rows*, which refer to the outer row, as a JSON array; null if there are none.

    Each row is an array of its *fields*, in no order: the reader sorts. If that were more than
    *most* bytes (about: a character is one in SQLite), false takes their place.
    """
    one = rows.order_by().annotate(group=Value(1)).values("group")
    every = _Rows(_Row(*fields), most=most)
    together = one.annotate(gathered=every).values("gathered")
    return Subquery(together, output_field=_Gathered())
