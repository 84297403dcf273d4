"""What the acts have in common: lock, insert once, change what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from images.errors import NotVisible, Protected
from images.metadefs.errors import NameTaken
from images.metadefs.models import Namespace
from images.metadefs.models.stamped import Stamped

Row = TypeVar("Row", bound=Stamped)


def lock(namespace: Namespace) -> Namespace:
    """Return the row of *namespace* as it is now, locked until the transaction ends.

    All that lies in it is written under this lock. Raises `NotVisible` when it is gone.
    """
    for row in Namespace.objects.select_for_update().filter(pk=namespace.pk):
        return row
    raise NotVisible(f"Metadata definition namespace {namespace} was not found.")


def refuse_protected(namespace: Namespace) -> None:
    """Raise `Protected` if nothing may be deleted from *namespace*."""
    if namespace.protected:
        raise Protected(f"Metadata definition namespace {namespace} is protected.")


def find(rows: QuerySet[Row], name: str) -> Row:
    """Return the row of that name, or raise `NotVisible`."""
    for row in rows.filter(name=name):
        return row
    raise NotVisible(f"There is no {rows.model._meta.verbose_name_raw} {name} in the namespace.")


def check_once(names: Iterable[str], present: Collection[str] = ()) -> None:
    """Raise `NameTaken` for a name that comes twice, or is *present* already."""
    for name, times in Counter(names).items():
        if times > 1 or name in present:
            raise NameTaken(f"The name {name} is taken.")


def insert(row: Stamped, name: str) -> None:
    """Insert *row*, or raise `NameTaken` if another has its name."""
    _once(row, name, force_insert=True)


def change(row: Stamped, name: str, fields: Mapping[str, Any]) -> bool:
    """Set *fields* of *row*, which will be called *name*; tell whether anything was otherwise."""
    changed = [key for key, value in fields.items() if getattr(row, key) != value]
    if not changed:
        return False
    for key in changed:
        setattr(row, key, fields[key])
    row.updated_at = timezone.now()
    _once(row, name, update_fields=[*changed, "updated_at"])
    return True


def _once(row: Stamped, name: str, **how: Any) -> None:
    """Save *row*; only the constraint on names can refuse what was checked at the door."""
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        raise NameTaken(f"The name {name} is taken.") from None
