"""Names of users, projects and groups: what is wrong with one, or that it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from portal.identity.errors import BadField, NameTaken


@contextmanager
def named(thing: models.Model, name: str, *, exclude: set[str] | None = None) -> Iterator[None]:
    """Check *thing* by its validators, and say in our words what is wrong or taken.

    Raises `BadField`, and `NameTaken` for a row that another has the name of.
    """
    try:
        thing.clean_fields(exclude=exclude)
    except ValidationError as wrong:
        raise BadField(wrong) from wrong
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        kind = thing._meta.verbose_name_raw
        raise NameTaken(f"There is a {kind} of the name {name!r} already.") from taken
