"""The act of loading namespaces that somebody wrote down: a second time changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.db import transaction

from images.actors import Actor
from images.lifecycle.transactions import retried
from images.metadefs.lifecycle.namespaces import create_namespace, replace_namespace
from images.metadefs.models import Namespace


class Outcome(Enum):
    """What loading did to one namespace."""

    LOADED = "loaded"
    SKIPPED = "skipped, it is there"
    OVERWRITTEN = "overwritten"


@retried
@transaction.atomic
def load_namespace(document: Mapping[str, Any], *, overwrite: bool, actor: Actor) -> Outcome:
    """Make the namespace that *document* describes, whole or not at all.

    One that is there stays as it is, or is replaced with all that lies in it if *overwrite*.
    Raises `Forbidden`, `NameTaken`.
    """
    found = Namespace.objects.filter(namespace=document["namespace"]).first()
    if found is None:
        create_namespace(document, actor=actor)
        return Outcome.LOADED
    if not overwrite:
        return Outcome.SKIPPED
    replace_namespace(found, document, actor=actor)
    return Outcome.OVERWRITTEN
