"""The acts on the tags of a namespace, one or all at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.events import record, record_parts
from images.metadefs.lifecycle.parts import write_tags
from images.metadefs.lifecycle.rows import (
    change,
    check_once,
    find,
    insert,
    lock,
    refuse_protected,
)
from images.metadefs.models import MetadefTag, Namespace
from images.metadefs.permissions import permit


@retried
@transaction.atomic
def add_tag(namespace: Namespace, name: str, *, actor: Actor) -> MetadefTag:
    """Put the tag *name* into *namespace*. Raises `NotVisible`, `Forbidden`, `NameTaken`."""
    namespace = lock(namespace)
    permit(actor, "add a tag", namespace)
    row = MetadefTag(namespace=namespace, name=name)
    insert(row, name)
    record_parts("metadef_tag.create", namespace, [row], actor)
    return row


@retried
@transaction.atomic
def set_tags(namespace: Namespace, names: Sequence[str], *, append: bool, actor: Actor) -> None:
    """Put the tags *names* into *namespace*, in place of all others unless *append*.

    Raises `NotVisible`, `Forbidden`, and `NameTaken` for a name that comes twice or is there.
    """
    namespace = lock(namespace)
    permit(actor, "add a tag", namespace)
    present = set(namespace.metadef_tags.values_list("name", flat=True))
    if append:
        check_once(names, present)
    elif present:
        namespace.metadef_tags.all().delete()
        record("metadef_namespace.delete_tags", namespace, actor)
    write_tags(namespace, names, actor=actor)


@retried
@transaction.atomic
def rename_tag(namespace: Namespace, name: str, *, to: str, actor: Actor) -> MetadefTag:
    """Call the tag *name* otherwise. Raises `NotVisible`, `Forbidden`, `NameTaken`."""
    namespace = lock(namespace)
    permit(actor, "change the tag", namespace)
    row = find(namespace.metadef_tags.all(), name)
    if change(row, to, {"name": to}):
        record_parts("metadef_tag.update", namespace, [row], actor, name_old=name)
    return row


@retried
@transaction.atomic
def delete_tag(namespace: Namespace, name: str, *, actor: Actor) -> None:
    """Take the tag *name* out of *namespace*. Raises `NotVisible`, `Forbidden`, `Protected`."""
    namespace = lock(namespace)
    permit(actor, "delete the tag", namespace)
    row = find(namespace.metadef_tags.all(), name)
    refuse_protected(namespace)
    record_parts("metadef_tag.delete", namespace, [row], actor, deleted=True)
    row.delete()


@retried
@transaction.atomic
def delete_tags(namespace: Namespace, *, actor: Actor) -> None:
    """Take all tags out of *namespace*. Raises `NotVisible`, `Forbidden`, `Protected`."""
    namespace = lock(namespace)
    permit(actor, "delete the namespace", namespace)
    permit(actor, "delete the tag", namespace)
    refuse_protected(namespace)
    namespace.metadef_tags.all().delete()
    record("metadef_namespace.delete_tags", namespace, actor)
