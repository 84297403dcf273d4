"""All parts of a namespace at once: written from a document, or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from images.actors import Actor
from images.metadefs.events import record_parts
from images.metadefs.lifecycle.rows import check_once
from images.metadefs.models import (
    Association,
    MetadefObject,
    MetadefProperty,
    MetadefTag,
    Namespace,
    ResourceType,
)

Part = TypeVar("Part", Association, MetadefObject, MetadefProperty, MetadefTag)


def write_parts(namespace: Namespace, document: Mapping[str, Any], *, actor: Actor) -> None:
    """Put the parts that *document* describes into *namespace*, which is locked or new.

    Raises `NameTaken` for a name that comes twice.
    """
    write_associations(namespace, document["resource_type_associations"], actor=actor)
    objects = [MetadefObject(namespace=namespace, **part) for part in document["objects"]]
    properties = [
        MetadefProperty(namespace=namespace, name=name, definition=definition)
        for name, definition in document["properties"].items()
    ]
    _write("metadef_object.create", namespace, objects, actor)
    _write("metadef_property.create", namespace, properties, actor)
    write_tags(namespace, document["tags"], actor=actor)


def write_tags(namespace: Namespace, names: Sequence[str], *, actor: Actor) -> None:
    """Put the tags *names* into *namespace*."""
    tags = [MetadefTag(namespace=namespace, name=name) for name in names]
    _write("metadef_tag.create", namespace, tags, actor)


def write_associations(
    namespace: Namespace, parts: Sequence[Mapping[str, Any]], *, actor: Actor
) -> list[Association]:
    """Associate the resource types of *parts* with *namespace*; unknown types are made."""
    known = _resource_types([part["name"] for part in parts])
    rows = [
        Association(
            namespace=namespace,
            resource_type=known[part["name"]],
            prefix=part.get("prefix"),
            properties_target=part.get("properties_target"),
        )
        for part in parts
    ]
    return _write("metadef_resource_type.create", namespace, rows, actor)


def _resource_types(names: Sequence[str]) -> dict[str, ResourceType]:
    if not names:
        return {}
    fresh = [ResourceType(name=name) for name in sorted(set(names))]
    ResourceType.objects.bulk_create(fresh, ignore_conflicts=True)
    return {row.name: row for row in ResourceType.objects.filter(name__in=names)}


def _write(kind: str, namespace: Namespace, rows: list[Part], actor: Actor) -> list[Part]:
    check_once(row.name for row in rows)
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
        record_parts(kind, namespace, rows, actor)
    return rows


def drop_parts(namespace: Namespace) -> None:
    """Delete everything that lies in *namespace*, which is locked."""
    for rows in (
        namespace.associations,
        namespace.metadef_objects,
        namespace.metadef_properties,
        namespace.metadef_tags,
    ):
        rows.all().delete()
