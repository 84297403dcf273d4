"""Changes asked of an image, applied in order to a draft before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.conf import settings

from images.errors import BadValue, Conflict, Forbidden, NoSuchField, OverLimit, ReadOnlyField
from images.models import Image, Property, Tag
from images.permissions import demand
from images.properties import check_name, check_value
from images.states import Status, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sized
    from typing import Self

    from images.actors import Actor

BASE_FIELDS = frozenset(
    {
        "name",
        "visibility",
        "protected",
        "os_hidden",
        "owner",
        "disk_format",
        "container_format",
        "min_disk",
        "min_ram",
    }
)
READ_ONLY = frozenset(
    {
        "id",
        "status",
        "checksum",
        "os_hash_algo",
        "os_hash_value",
        "size",
        "virtual_size",
        "direct_url",
        "stores",
        "self",
        "file",
        "schema",
        "created_at",
        "updated_at",
        "locations",
    }
)
FORMATS = frozenset({"disk_format", "container_format"})


class Op(Enum):
    """What is asked of a name."""

    SET = "set"  # whether it is there or not
    INSERT = "insert"  # must not be there
    REPLACE = "replace"  # must be there
    REMOVE = "remove"  # must be there


@dataclass(frozen=True, slots=True)
class Change:
    """One thing asked: a base field, the whole set of `tags`, or a custom property."""

    op: Op
    name: str
    value: Any = None


@dataclass(slots=True)
class Draft:
    """An image as it would be: base fields, tags and custom properties."""

    fields: dict[str, Any]
    tags: set[str]
    properties: dict[str, str]
    touched: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, image: Image) -> Self:
        """Return a draft that equals *image*."""
        return cls(
            fields={name: getattr(image, name) for name in BASE_FIELDS},
            tags={tag.name for tag in image.tags.all()},
            properties={row.name: row.value for row in image.properties.all()},
        )

    @classmethod
    def new(cls, fields: Mapping[str, Any]) -> Self:
        """Return the draft of an image that is not there yet, from *fields* as given."""
        draft = cls(fields={}, tags=set(fields.get("tags", ())), properties={})
        for name, value in fields.get("properties", {}).items():
            draft._apply_property(Change(Op.SET, name, value))
        return draft

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply *changes* in order; raise at the first that cannot be."""
        for change in changes:
            self.touched.add(change.name)
            if change.name in READ_ONLY:
                raise ReadOnlyField(f"Attribute '{change.name}' is read-only.")
            if change.name in BASE_FIELDS or change.name == "tags":
                self._apply_base(change)
            else:
                self._apply_property(change)

    def _apply_base(self, change: Change) -> None:
        if change.op is Op.REMOVE:
            raise Forbidden(f"Property {change.name} may not be removed.")
        if change.op is Op.INSERT:
            raise Conflict(f"Property {change.name} already present.")
        if change.name == "tags":
            self.tags = set(change.value)
        else:
            self.fields[change.name] = change.value

    def _apply_property(self, change: Change) -> None:
        check_name(change.name)
        there = change.name in self.properties
        if change.op is Op.INSERT and there:
            raise Conflict(f"Property {change.name} already present.")
        if change.op in {Op.REPLACE, Op.REMOVE} and not there:
            raise NoSuchField(f"Property {change.name} does not exist.")
        if change.op is Op.REMOVE:
            del self.properties[change.name]
        else:
            self.properties[change.name] = check_value(change.name, change.value)

    def check_limits(self) -> None:
        """Raise `OverLimit` for more tags or properties than one image may have."""
        within(self.tags, settings.IMAGE_TAG_QUOTA, "tags")
        within(self.properties, settings.IMAGE_PROPERTY_QUOTA, "properties")

    def check_permitted(self, image: Image, actor: Actor) -> None:
        """Raise `Forbidden` for a change that needs more than the right to modify."""
        if "owner" in self.touched:
            demand(actor, "give_away", image)
        if self.fields["visibility"] != image.visibility:
            demand_visibility(image, self.fields["visibility"], actor)
        if self.touched & FORMATS and image.status not in {Status.QUEUED, Status.IMPORTING}:
            raise Forbidden("The formats can be changed only while the image is queued.")
        if min(self.fields["min_disk"], self.fields["min_ram"]) < 0:
            raise BadValue("min_disk and min_ram must not be negative.")


def within(things: Sized, limit: int, word: str) -> None:
    """Raise `OverLimit` for more *things* than *limit*."""
    if len(things) > limit:
        raise OverLimit(f"An image may have {limit} {word}, not {len(things)}.")


def demand_visibility(image: Image, wanted: str, actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may give *image* the visibility *wanted*."""
    if wanted == Visibility.PUBLIC:
        demand(actor, "publicize", image)
    if wanted == Visibility.COMMUNITY:
        demand(actor, "communitize", image)


def write_tags(image: Image, wanted: set[str]) -> bool:
    """Make the tags of *image* exactly *wanted*; tell whether anything changed."""
    present = {tag.name for tag in image.tags.all()}
    Tag.objects.filter(image=image, name__in=present - wanted).delete()
    Tag.objects.bulk_create(Tag(image=image, name=name) for name in sorted(wanted - present))
    return present != wanted


def write_properties(image: Image, wanted: dict[str, str]) -> bool:
    """Make the custom properties of *image* exactly *wanted*; tell whether anything changed."""
    present = {row.name: row.value for row in image.properties.all()}
    gone = [name for name, value in present.items() if wanted.get(name) != value]
    fresh = {name: value for name, value in wanted.items() if present.get(name) != value}
    Property.objects.filter(image=image, name__in=gone).delete()
    Property.objects.bulk_create(
        Property(image=image, name=name, value=value) for name, value in fresh.items()
    )
    return present != wanted
