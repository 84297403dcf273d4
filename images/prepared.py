"""What is asked and written again and again: its SQL is made once, and used with other values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, OperationalError, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Field, Model, QuerySet, TextField, Value
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault
from django.db.models.query import get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError
from psycopg import adapters
from psycopg.pq import Format

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
PLACE = re.compile("%[%s]")
TIMES = adapters.types["timestamptz"].oid
load_times = adapters.get_loader(TIMES, Format.TEXT)
"""The driver's own, which is compiled.

Django's is written in Python, so that times can be of another zone than their connection; ours are
of UTC. A list of a thousand images has two thousand of them.
"""


class Slot(Value):
    """The place of a value that is known only when the question is asked."""

    def __init__(self, name: str, field: Field[Any, Any] | None = None) -> None:
        super().__init__(name, output_field=field or TextField())

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """Leave the place open."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: Any) -> Any:
        """Return what *values* hold for this place, as the database takes it."""
        field: Any = self.output_field
        value = values[self.value]
        if self.for_save:
            return field.get_db_prep_save(value, connection)
        return field.get_db_prep_value(value, connection)


class _Statement:
    """SQL with slots. Nothing of an answer is kept.

    Django builds and compiles a query in about ten times the time that the database takes for an
    easy one, and PostgreSQL reads and plans it in about five times: it keeps the plan. What is no
    slot stands in the SQL itself, so that the plan is made for these values.
    """

    def __init__(self, compiler: Any) -> None:
        self._alias: str = compiler.using
        found = compiler.as_sql()
        self._sql, self._params = found[0] if isinstance(found, list) else found
        if compiler.connection.vendor == "postgresql":
            self._write_values(compiler.connection)

    def _write_values(self, connection: Any) -> None:
        """Write the parameters that are no slots into the SQL."""
        params = iter(self._params)

        def written(place: re.Match[str]) -> str:
            param = None if place[0] == "%%" else next(params)
            if param is None or isinstance(param, Slot):
                return place[0]
            return str(connection.ops.compose_sql("%s", [param])).replace("%", "%%")

        self._sql = PLACE.sub(written, self._sql)
        self._params = [param for param in self._params if isinstance(param, Slot)]

    def execute(self, values: dict[str, Any]) -> Any:
        """Execute it with the *values* of its slots, by name.

        Returns the cursor, which is to be closed before the next statement is executed.
        """
        connection = connections[self._alias]
        params = tuple(
            param.filled(values, connection) if isinstance(param, Slot) else param
            for param in self._params
        )
        cursor = self._cursor(connection)
        try:
            cursor.execute(self._sql, params)
        except NotSupportedError as trouble:  # a migration changed a column below a kept plan
            connection.connection.close()
            raise OperationalError("The tables have changed; try again.") from trouble
        return cursor

    def _cursor(self, connection: Any) -> Any:
        if connection.vendor != "postgresql":
            return connection.cursor()
        connection.ensure_connection()
        with connection.wrap_database_errors:
            kept = _KeptCursor.of(connection.connection)
        return connection._prepare_cursor(kept)  # noqa: SLF001 -- as `cursor` does with its own


class _KeptCursor(ServerBindingCursor):
    """The one cursor by which a connection is asked what is prepared.

    A new one costs as much as an easy question, and finds out anew how each type is written. When
    it is closed it only lets go of its answer.
    """

    @classmethod
    def of(cls, connection: Any) -> Any:
        """Return that of *connection*, psycopg's."""
        cursor: Any = vars(connection).get("kept_cursor")
        if cursor is None:
            cursor = connection.kept_cursor = cls(connection)  # type: ignore[call-arg] # psycopg's
            cursor.adapters.register_loader(TIMES, load_times)
        return cursor

    def close(self) -> None:
        self._reset()  # type: ignore[attr-defined] # psycopg's, which its own `close` calls


class Prepared(Generic[M]):
    """A queryset with slots, whose rows are asked for again and again."""

    def __init__(self, queryset: QuerySet[M]) -> None:
        self._db, self._locks = queryset.db, queryset.query.select_for_update
        self._compiler = queryset.query.get_compiler(self._db)
        self._statement: _Statement | None = None
        try:
            self._statement = _Statement(self._compiler)
        except EmptyResultSet:  # nothing can ever answer
            return

    def ask(self, **values: Any) -> list[M]:
        """Return the rows for the *values* of the slots, by name."""
        if self._statement is None:
            return []
        connection = connections[self._db]
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("A lock outside of a transaction holds nothing.")
        cursor = self._statement.execute(values)
        rows = cursor.fetchall()
        cursor.close()
        make = self._shape.make
        return [make(row, connection) for row in rows]

    @cached_property
    def _shape(self) -> _Shape[M]:
        return _Shape(self._compiler)


class _Shape(Generic[M]):
    """How a row becomes an instance with its relations and annotations: Django's `ModelIterable`.

    What that finds out for each query again, how each column is converted above all, is found once.
    """

    def __init__(self, compiler: Any) -> None:
        select, found = compiler.select, compiler.klass_info
        self._db, self._model = compiler.using, found["model"]
        fields = found["select_fields"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column.target.attname for column, _, _ in select[self._own]]
        self._annotations = (compiler.annotation_col_map or {}).items()
        self._related = get_related_populators(found, select, self._db)  # type: ignore[call-arg] # Django 6's
        columns = [column for column, _, _ in select]
        self._converters = compiler.get_converters(columns).items()

    def make(self, found: tuple[Any, ...], connection: Any) -> M:
        row = [*found]
        for at, (converters, expression) in self._converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        made = self._bare(row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, at in self._annotations:
            setattr(made, name, row[at])
        return made

    def _bare(self, values: list[Any]) -> M:
        """Return an instance as unpickling makes one; `from_db` sets one field after another."""
        made: M = self._model.__new__(self._model)
        made.__dict__ = dict(zip(self._names, values, strict=True))
        made._state = state = ModelState()  # noqa: SLF001 -- as `from_db` does
        state.adding, state.db = False, self._db
        return made


class PreparedUpdate:
    """Changes of the rows of a queryset, both with slots."""

    def __init__(self, queryset: QuerySet[Any], **changes: Any) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.annotations = {}  # those that conditions need are in the conditions
        query.add_update_values(changes)
        self._statement = _Statement(query.get_compiler(queryset.db))

    def run(self, **values: Any) -> int:
        """Change the rows, with the *values* of the slots, and return how many they were."""
        cursor = self._statement.execute(values)
        count = int(cursor.rowcount)
        cursor.close()
        return count


def slots(model: type[Model], *names: str) -> dict[str, Slot]:
    """Return a slot for each of the fields *names*, under its name."""
    return {name: Slot(name, _meta(model).get_field(name)) for name in names}


def insert(row: Model) -> None:
    """Write the new *row*; what the database itself sets, a number or a time, is not read back."""
    fields = [field.attname for field in _meta(row).concrete_fields if _is_given(row, field)]
    insert_values(type(row), {name: getattr(row, name) for name in fields})
    row._state.adding = False  # noqa: SLF001 -- as `save` does


def insert_values(model: type[Model], *rows: Mapping[str, Any]) -> None:
    """Write new rows of *model*, each as values by its columns' names, in one statement.

    All name the same columns; one that is left out is what the database itself sets.
    """
    values = {f"{name} {at}": value for at, row in enumerate(rows) for name, value in row.items()}
    _inserting(model, tuple(rows[0]), len(rows)).execute(values).close()


def _is_given(row: Model, field: Field[Any, Any]) -> bool:
    value = getattr(row, field.attname)
    is_number = value is None and field.primary_key
    return not (is_number or isinstance(value, DatabaseDefault))


@lru_cache(64)
def _inserting(model: type[Model], names: tuple[str, ...], count: int) -> _Statement:
    query = InsertQuery(model)
    fields = [field for field in _meta(model).concrete_fields if field.attname in names]
    rows = [
        model(**{field.attname: Slot(f"{field.attname} {at}", field) for field in fields})
        for at in range(count)
    ]
    query.insert_values(fields, rows)
    return _Statement(query.get_compiler(DEFAULT_DB_ALIAS))


def save_fields(row: Model, *names: str) -> None:
    """Write the fields *names* of *row*, which is there and locked."""
    values = {name: getattr(row, name) for name in names}
    _saving(type(row), tuple(sorted(names))).run(key=row.pk, **values)


@lru_cache(256)
def _saving(model: type[Model], names: tuple[str, ...]) -> PreparedUpdate:
    rows = model._base_manager.filter(pk=Slot("key", _meta(model).pk))  # noqa: SLF001 -- documented
    return PreparedUpdate(rows, **slots(model, *names))


def _meta(model: Model | type[Model]) -> Any:
    return model._meta
