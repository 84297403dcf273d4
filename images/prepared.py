"""Questions that are asked again and again: their SQL is made once, and asked with other values."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Field, Model, QuerySet, TextField, Value
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Slot(Value):
    """The place of a value that is known only when the question is asked."""

    def __init__(self, name: str, field: Field[Any, Any] | None = None) -> None:
        super().__init__(name, output_field=field or TextField())

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """Leave the place open."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: Any) -> Any:
        """Return what *values* hold for this place, as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.value], connection)


class Prepared(Generic[M]):
    """A queryset with slots, for a question whose making costs more than its answer.

    Django builds and compiles a query in about ten times the time that the database takes for an
    easy one. Nothing of an answer is kept, only the SQL.
    """

    def __init__(self, queryset: QuerySet[M]) -> None:
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(queryset.db)
        try:
            self._sql, self._params = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql, self._params = "", ()

    def ask(self, **values: Any) -> list[M]:
        """Return the rows for the *values* of the slots, by name."""
        if not self._sql:
            return []
        connection = connections[self._queryset.db]
        if self._queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("A lock outside of a transaction holds nothing.")
        params = tuple(
            param.filled(values, connection) if isinstance(param, Slot) else param
            for param in self._params
        )
        compiler = copy(self._compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (self._sql, params)
        return list(ModelIterable(cast("QuerySet[M]", _Asked(self._queryset, compiler))))


class _Asked:
    """What Django's iterator over models wants of a queryset and of its query."""

    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    def __init__(self, queryset: QuerySet[Any], compiler: SQLCompiler) -> None:
        self.db, self.model, self.query = queryset.db, queryset.model, self
        self._compiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self._compiler
