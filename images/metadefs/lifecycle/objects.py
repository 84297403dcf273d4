"""The acts on the objects of a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.events import record, record_parts
from images.metadefs.lifecycle.rows import change, find, insert, lock, refuse_protected
from images.metadefs.models import MetadefObject, Namespace
from images.metadefs.permissions import permit


@retried
@transaction.atomic
def add_object(namespace: Namespace, document: Mapping[str, Any], *, actor: Actor) -> MetadefObject:
    """Put the object that *document* describes into *namespace*. Raises `NameTaken`."""
    namespace = lock(namespace)
    permit(actor, "add an object", namespace)
    row = MetadefObject(namespace=namespace, **document)
    insert(row, row.name)
    record_parts("metadef_object.create", namespace, [row], actor)
    return row


@retried
@transaction.atomic
def change_object(
    namespace: Namespace, name: str, document: Mapping[str, Any], *, actor: Actor
) -> MetadefObject:
    """Make the object *name* what *document* describes, its name too.

    Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, "change the object", namespace)
    row = find(namespace.metadef_objects.all(), name)
    if change(row, document["name"], document):
        record_parts("metadef_object.update", namespace, [row], actor, name_old=name)
    return row


@retried
@transaction.atomic
def delete_object(namespace: Namespace, name: str, *, actor: Actor) -> None:
    """Take the object *name* out of *namespace*.

    Raises `NotVisible`, `Forbidden`, `Protected`.
    """
    namespace = lock(namespace)
    permit(actor, "delete the object", namespace)
    row = find(namespace.metadef_objects.all(), name)
    refuse_protected(namespace)
    record_parts("metadef_object.delete", namespace, [row], actor, deleted=True)
    row.delete()


@retried
@transaction.atomic
def delete_objects(namespace: Namespace, *, actor: Actor) -> None:
    """Take all objects out of *namespace*. Raises `NotVisible`, `Forbidden`, `Protected`."""
    namespace = lock(namespace)
    permit(actor, "delete the namespace", namespace)
    refuse_protected(namespace)
    namespace.metadef_objects.all().delete()
    record("metadef_namespace.delete_objects", namespace, actor)
