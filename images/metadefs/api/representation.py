"""Namespaces and what lies in them as the wire shows them: absent texts are left out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from images.metadefs.models import (
    Association,
    MetadefObject,
    MetadefProperty,
    MetadefTag,
    Namespace,
)
from images.metadefs.models.stamped import Stamped
from images.times import stamp

Shown = dict[str, Any]

ROOT = "/v2/metadefs/namespaces"
LITERAL = "!$&'()*+,;=:@"  # what a segment of an address may hold as it is (RFC 3986)


def address(namespace: Namespace, *place: str) -> str:
    """Return the path of *namespace*, or of something in it."""
    return "/".join([ROOT, *(quote(name, safe=LITERAL) for name in (namespace.namespace, *place))])


def show_times(row: Stamped) -> Shown:
    """Return when *row* was made and last changed."""
    return {"created_at": stamp(row.created_at), "updated_at": stamp(row.updated_at)}


def _given(**texts: str | None) -> Shown:
    return {name: text for name, text in texts.items() if text is not None}


def show_namespace(namespace: Namespace) -> Shown:
    """Return the own fields of *namespace*."""
    texts = _given(display_name=namespace.display_name, description=namespace.description)
    return texts | {
        "namespace": namespace.namespace,
        "visibility": namespace.visibility,
        "protected": namespace.protected,
        "owner": namespace.owner,
        **show_times(namespace),
        "self": address(namespace),
        "schema": "/v2/schemas/metadefs/namespace",
    }


def show_listed(namespace: Namespace) -> Shown:
    """Return *namespace*, loaded `with_associations`, as a list shows it."""
    rows = [show_association(row) for row in namespace.associations.all()]
    return show_namespace(namespace) | ({"resource_type_associations": rows} if rows else {})


def show_whole(namespace: Namespace, *, prefix: str = "") -> Shown:
    """Return *namespace*, loaded `with_parts`; *prefix* comes before each property's name."""
    properties = {prefix + row.name: row.definition for row in namespace.metadef_properties.all()}
    objects = [show_object(row, namespace, prefix) for row in namespace.metadef_objects.all()]
    tags = [{"name": row.name} for row in namespace.metadef_tags.all()]
    parts = {"properties": properties, "objects": objects, "tags": tags}
    return show_listed(namespace) | {kind: part for kind, part in parts.items() if part}


def show_object(row: MetadefObject, namespace: Namespace, prefix: str = "") -> Shown:
    """Return *row* of *namespace*."""
    return _given(description=row.description) | {
        "name": row.name,
        "required": [prefix + name for name in row.required],
        "properties": {prefix + name: part for name, part in row.properties.items()},
        **show_times(row),
        "self": address(namespace, "objects", row.name),
        "schema": "/v2/schemas/metadefs/object",
    }


def show_property(row: MetadefProperty) -> Shown:
    """Return *row* by itself, its name among its fields."""
    return {"name": row.name, **row.definition}


def show_association(row: Association) -> Shown:
    """Return a resource type of a namespace."""
    texts = _given(prefix=row.prefix, properties_target=row.properties_target)
    return {"name": row.name} | texts | show_times(row)


def show_tag(row: MetadefTag) -> Shown:
    """Return *row* by itself; lists show names alone."""
    return {"name": row.name, **show_times(row)}
