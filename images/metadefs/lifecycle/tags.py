"""All tags of a namespace at once; the acts on one are those of every part."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.lifecycle.contents import write_tags
from images.metadefs.lifecycle.parts import TAGS, empty
from images.metadefs.lifecycle.rows import check_once, lock
from images.metadefs.models import Namespace
from images.metadefs.permissions import permit


@retried
@transaction.atomic
def set_tags(namespace: Namespace, names: Sequence[str], *, append: bool, actor: Actor) -> None:
    """Put the tags *names* into *namespace*, in place of all others unless *append*.

    Raises `NotVisible`, `Forbidden`, and `NameTaken` for a name that comes twice or is there.
    """
    namespace = lock(namespace)
    permit(actor, "add a tag", namespace)
    present = set(TAGS.within(namespace).values_list("name", flat=True))
    if append:
        check_once(names, present)
    elif present:
        empty(TAGS, namespace, actor=actor)
    write_tags(namespace, names, actor=actor)
