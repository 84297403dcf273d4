"""The acts on the resource types of a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from images.actors import Actor
from images.errors import NotVisible
from images.lifecycle.transactions import retried
from images.metadefs.events import record_parts
from images.metadefs.lifecycle.contents import write_associations
from images.metadefs.lifecycle.rows import check_once, lock, refuse_protected
from images.metadefs.models import Association, Namespace
from images.metadefs.permissions import permit


@retried
@transaction.atomic
def associate(namespace: Namespace, document: Mapping[str, Any], *, actor: Actor) -> Association:
    """Say that *namespace* applies to the resource type of *document*; a new type is made.

    Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, "associate a resource type", namespace)
    check_once([document["name"]], [row.name for row in associations_of(namespace)])
    (row,) = write_associations(namespace, [document], actor=actor)
    return row


@retried
@transaction.atomic
def dissociate(namespace: Namespace, name: str, *, actor: Actor) -> None:
    """Take the resource type *name* from *namespace*; the type stays known.

    Raises `NotVisible`, `Forbidden`, `Protected`.
    """
    namespace = lock(namespace)
    permit(actor, "dissociate a resource type", namespace)
    row = find_association(namespace, name)
    refuse_protected(namespace)
    record_parts("metadef_resource_type.delete", namespace, [row], actor, deleted=True)
    row.delete()


def associations_of(namespace: Namespace) -> list[Association]:
    """Return the associations of *namespace*, newest first."""
    return [*namespace.associations.select_related("resource_type")]


def find_association(namespace: Namespace, name: str) -> Association:
    """Return the association with the resource type *name*, or raise `NotVisible`."""
    for row in associations_of(namespace):
        if row.name == name:
            return row
    raise NotVisible(f"There is no resource type {name} in the namespace.")
