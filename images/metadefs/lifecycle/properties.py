"""The acts on the properties of a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.events import record, record_parts
from images.metadefs.lifecycle.rows import change, find, insert, lock, refuse_protected
from images.metadefs.models import MetadefProperty, Namespace
from images.metadefs.permissions import permit


@retried
@transaction.atomic
def add_property(
    namespace: Namespace, document: Mapping[str, Any], *, actor: Actor
) -> MetadefProperty:
    """Put the property that *document* describes into *namespace*. Raises `NameTaken`."""
    namespace = lock(namespace)
    permit(actor, "add a property", namespace)
    row = MetadefProperty(namespace=namespace, **document)
    insert(row, row.name)
    record_parts("metadef_property.create", namespace, [row], actor)
    return row


@retried
@transaction.atomic
def change_property(
    namespace: Namespace, name: str, document: Mapping[str, Any], *, actor: Actor
) -> MetadefProperty:
    """Make the property *name* what *document* describes, its name too.

    Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, "change the property", namespace)
    row = find(namespace.metadef_properties.all(), name)
    if change(row, document["name"], document):
        record_parts("metadef_property.update", namespace, [row], actor, name_old=name)
    return row


@retried
@transaction.atomic
def delete_property(namespace: Namespace, name: str, *, actor: Actor) -> None:
    """Take the property *name* out of *namespace*.

    Raises `NotVisible`, `Forbidden`, `Protected`.
    """
    namespace = lock(namespace)
    permit(actor, "delete the property", namespace)
    row = find(namespace.metadef_properties.all(), name)
    refuse_protected(namespace)
    record_parts("metadef_property.delete", namespace, [row], actor, deleted=True)
    row.delete()


@retried
@transaction.atomic
def delete_properties(namespace: Namespace, *, actor: Actor) -> None:
    """Take all properties out of *namespace*. Raises `NotVisible`, `Forbidden`, `Protected`."""
    namespace = lock(namespace)
    permit(actor, "delete the namespace", namespace)
    refuse_protected(namespace)
    namespace.metadef_properties.all().delete()
    record("metadef_namespace.delete_properties", namespace, actor)
