"""The acts on a namespace as a whole: create, change, replace, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.events import record
from images.metadefs.lifecycle.contents import drop_parts, write_parts
from images.metadefs.lifecycle.rows import change, insert, lock, refuse_protected
from images.metadefs.models import Namespace
from images.metadefs.permissions import demand, permit
from images.metadefs.states import Visibility


@retried
@transaction.atomic
def create_namespace(document: Mapping[str, Any], *, actor: Actor) -> Namespace:
    """Make the namespace that *document* describes (`read_namespace`); return it with its parts.

    Raises `Forbidden`, `NameTaken`.
    """
    demand(actor, "create a namespace")
    namespace = Namespace(**_own_fields(document, actor))
    insert(namespace, namespace.namespace)
    record("metadef_namespace.create", namespace, actor)
    write_parts(namespace, document, actor=actor)
    return Namespace.objects.with_parts().get(pk=namespace.pk)


@retried
@transaction.atomic
def change_namespace(
    namespace: Namespace, document: Mapping[str, Any], *, actor: Actor
) -> Namespace:
    """Give *namespace* the own fields of *document*, all of them: what is absent is unset.

    Its parts stay. Raises `NotVisible`, `Forbidden`, `NameTaken`.
    """
    namespace = lock(namespace)
    permit(actor, "change the namespace", namespace)
    old = namespace.namespace
    if change(namespace, document["namespace"], _own_fields(document, actor)):
        record("metadef_namespace.update", namespace, actor, namespace_old=old)
    return namespace


@retried
@transaction.atomic
def replace_namespace(
    namespace: Namespace, document: Mapping[str, Any], *, actor: Actor
) -> Namespace:
    """Make *namespace* and all that lies in it what *document* describes, protected or not."""
    namespace = change_namespace(namespace, document, actor=actor)
    drop_parts(namespace)
    write_parts(namespace, document, actor=actor)
    return namespace


@retried
@transaction.atomic
def delete_namespace(namespace: Namespace, *, actor: Actor) -> None:
    """Delete *namespace* with all that lies in it.

    Raises `NotVisible`, `Forbidden`, `Protected`.
    """
    namespace = lock(namespace)
    permit(actor, "delete the namespace", namespace)
    refuse_protected(namespace)
    drop_parts(namespace)
    record("metadef_namespace.delete", namespace, actor, deleted=True)
    namespace.delete()


def _own_fields(document: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    return {
        "namespace": document["namespace"],
        "display_name": document.get("display_name"),
        "description": document.get("description"),
        "visibility": document.get("visibility", Visibility.PRIVATE),
        "protected": document.get("protected", False),
        "owner": document.get("owner") or actor.project,
    }
