"""The acts on the parts of a namespace that have a name in it: objects, properties, tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.events import record, record_parts
from images.metadefs.lifecycle.rows import change, find, insert, lock, refuse_protected
from images.metadefs.models import MetadefObject, MetadefProperty, MetadefTag, Namespace
from images.metadefs.permissions import permit

P = TypeVar("P", MetadefObject, MetadefProperty, MetadefTag)


@dataclass(frozen=True, slots=True)
class Kind(Generic[P]):
    """One kind of parts, and what permissions and events call it."""

    model: type[P]
    one: str
    a_new_one: str
    all: str

    def within(self, namespace: Namespace) -> QuerySet[P]:
        """Return the parts of this kind that lie in *namespace*."""
        return self.model._default_manager.filter(namespace=namespace)


OBJECTS = Kind(MetadefObject, "object", "an object", "objects")
PROPERTIES = Kind(MetadefProperty, "property", "a property", "properties")
TAGS = Kind(MetadefTag, "tag", "a tag", "tags")


@retried
@transaction.atomic
def add_part(
    kind: Kind[P], namespace: Namespace, document: Mapping[str, Any], *, actor: Actor
) -> P:
    """Put what *document* describes into *namespace*.

    Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, f"add {kind.a_new_one}", namespace)
    row = kind.model(namespace=namespace, **document)
    insert(row, row.name)
    record_parts(f"metadef_{kind.one}.create", namespace, [row], actor)
    return row


@retried
@transaction.atomic
def change_part(
    kind: Kind[P], namespace: Namespace, name: str, document: Mapping[str, Any], *, actor: Actor
) -> P:
    """Make the part *name* what *document* describes, its name too.

    Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, f"change the {kind.one}", namespace)
    row = find(kind.within(namespace), name)
    if change(row, document["name"], document):
        record_parts(f"metadef_{kind.one}.update", namespace, [row], actor, name_old=name)
    return row


@retried
@transaction.atomic
def delete_part(kind: Kind[P], namespace: Namespace, name: str, *, actor: Actor) -> None:
    """Take the part *name* out of *namespace*. Raises `NotVisible`, `Forbidden`, `Protected`."""
    namespace = lock(namespace)
    permit(actor, f"delete the {kind.one}", namespace)
    row = find(kind.within(namespace), name)
    refuse_protected(namespace)
    record_parts(f"metadef_{kind.one}.delete", namespace, [row], actor, deleted=True)
    row.delete()


@retried
@transaction.atomic
def delete_parts(kind: Kind[P], namespace: Namespace, *, actor: Actor) -> None:
    """Take all parts of *kind* out of *namespace*.

    Raises `NotVisible`, `Forbidden`, `Protected`.
    """
    namespace = lock(namespace)
    permit(actor, "delete the namespace", namespace)
    permit(actor, f"delete the {kind.one}", namespace)
    refuse_protected(namespace)
    empty(kind, namespace, actor=actor)


def empty(kind: Kind[P], namespace: Namespace, *, actor: Actor) -> None:
    """Delete all parts of *kind* that lie in *namespace*, which is locked."""
    kind.within(namespace).delete()
    record(f"metadef_namespace.delete_{kind.all}", namespace, actor)
