"""Changes asked of an image, applied in order to a draft before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from django.conf import settings
from django.utils import timezone

from images.actors import Actor
from images.errors import Conflict, Forbidden, NoSuchField, OverLimit, ReadOnlyField
from images.models import Image, Property, Tag
from images.permissions import demand
from images.prepared import save_fields
from images.properties import RESERVED_PREFIX, can_read, check_change, check_name, check_value
from images.states import Status, Visibility

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
    """One thing asked: of a base field, of the whole set of `tags`, or of a custom property.

    The value None takes a custom property away. Raises `ReadOnlyField`, and `BadValue` for a
    name that no property can have.
    """

    op: Op
    name: str
    value: Any = None

    def __post_init__(self) -> None:
        if self.name in READ_ONLY:
            raise ReadOnlyField(f"Attribute '{self.name}' is read-only.")
        if not self.is_base:
            check_name(self.name)

    @property
    def is_base(self) -> bool:
        """Is this no custom property?"""
        return self.name in BASE_FIELDS or self.name == "tags"

    def demand(self, image: Image, actor: Actor) -> None:
        """Raise `Forbidden` where more is needed than the right to modify *image*."""
        if self.name == "owner":
            demand(actor, "give_away", image)
        if self.name == "visibility":
            demand_visibility(self.value, image, actor)
        if self.name in FORMATS and image.status not in {Status.QUEUED, Status.IMPORTING}:
            raise Forbidden("The formats can be changed only while the image is queued.")


def demand_visibility(wanted: str, image: Image, actor: Actor) -> None:
    """Raise `Forbidden` unless *actor* may give *image* the visibility *wanted*."""
    if wanted == Visibility.PUBLIC:
        demand(actor, "publicize", image)
    if wanted == Visibility.COMMUNITY:
        demand(actor, "communitize", image)


@dataclass(slots=True)
class Draft:
    """An image as it would be: base fields, tags and custom properties."""

    fields: dict[str, Any]
    tags: set[str]
    properties: dict[str, str]

    @classmethod
    def of(cls, image: Image) -> Self:
        """Return a draft that equals *image*."""
        fields = {name: getattr(image, name) for name in BASE_FIELDS}
        return cls(fields, set(image.tag_names), dict(image.property_values))

    @classmethod
    def new(cls, fields: Mapping[str, Any], actor: Actor) -> Self:
        """Return the draft of an image that *actor* makes, from *fields* as given."""
        base = {name: fields[name] for name in BASE_FIELDS if name in fields}
        draft = cls(base, set(fields.get("tags", ())), {})
        for name, value in fields.get("properties", {}).items():
            check_change(name, actor, "create")
            draft._apply_property(Change(Op.SET, name, value))
        return draft

    def apply(self, change: Change, actor: Actor) -> None:
        """Make *change* for *actor*; raise `Forbidden`, `Conflict`, `NoSuchField`, `BadValue`."""
        if not change.is_base:
            check_change(change.name, actor, *self._acts_of(change, actor))
            self._apply_property(change)
        elif change.op is Op.REMOVE:
            raise Forbidden(f"Property {change.name} may not be removed.")
        elif change.op is Op.INSERT:
            raise Conflict(f"Property {change.name} already present.")
        elif change.name == "tags":
            self.tags = set(change.value)
        else:
            self.fields[change.name] = change.value

    def _acts_of(self, change: Change, actor: Actor) -> tuple[str, ...]:
        """Return what *change* does to a property, by the words of its protection.

        Who may not read the property learns from no refusal whether it is there.
        """
        if change.op is Op.REMOVE or change.value is None:
            return ("delete",)
        if change.op is Op.REPLACE:
            return ("update",)
        if not can_read(change.name, actor):
            return "create", "update"
        return ("update" if change.name in self.properties else "create",)

    def _apply_property(self, change: Change) -> None:
        is_there = change.name in self.properties
        if change.op is Op.INSERT and is_there:
            raise Conflict(f"Property {change.name} already present.")
        if change.op in {Op.REPLACE, Op.REMOVE} and not is_there:
            raise NoSuchField(f"Property {change.name} does not exist.")
        if change.op is Op.REMOVE or change.value is None:
            self.properties.pop(change.name, None)
        else:
            self.properties[change.name] = check_value(change.name, change.value)

    def differences(self, image: Image) -> set[str]:
        """Return the names of what *image* has not, or has otherwise."""
        names = {name for name, value in self.fields.items() if getattr(image, name) != value}
        if self.tags != set(image.tag_names):
            names.add("tags")
        return names | {name for name, _ in self.properties.items() ^ image.property_values.items()}

    def told(self, image: Image) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what differs, as it is in *image* and as it will be, for the event of it."""
        present = {name: getattr(image, name) for name in self.fields}
        before = {name: was for name, was in present.items() if was != self.fields[name]}
        after = {name: self.fields[name] for name in before}
        if self.tags != set(image.tag_names):
            before["tags"], after["tags"] = image.tag_names, sorted(self.tags)
        held = image.property_values
        if names := {name for name, _ in self.properties.items() ^ held.items()}:
            before["properties"] = {name: held[name] for name in names & held.keys()}
            after["properties"] = {
                name: self.properties[name] for name in names & self.properties.keys()
            }
        return before, after

    def check_limits(self, image: Image) -> None:
        """Raise `OverLimit` for tags or properties beyond those that *image* may have."""
        check_count(self.tags, image.tag_names, settings.IMAGE_TAG_QUOTA, "tags")
        names, present = _own(self.properties), image.property_values.keys()
        check_count(names, present, settings.IMAGE_PROPERTY_QUOTA, "properties")
        check_size(self.properties, image.property_values)

    def save(self, image: Image) -> None:
        """Write what differs into the rows of *image*, which is locked or new."""
        fields = [name for name, value in self.fields.items() if getattr(image, name) != value]
        for name in fields:
            setattr(image, name, self.fields[name])
        image.updated_at = timezone.now()
        save_fields(image, *fields, "updated_at")
        write_tags(image, self.tags)
        write_properties(image, self.properties)


def _own(names: Iterable[str]) -> list[str]:
    """Return *names* without those of the service itself, which count towards no limit."""
    return [name for name in names if not name.startswith(RESERVED_PREFIX)]


def check_count(wanted: Iterable[str], present: Iterable[str], limit: int, word: str) -> None:
    """Raise `OverLimit` if *wanted* are more than *limit*; what is *present* may stay."""
    names = set(wanted)
    if 0 <= limit < len(names) and not names <= set(present):
        raise OverLimit(f"An image may have {limit} {word}, not {len(names)}.")


def check_size(wanted: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Raise `OverLimit` if the properties *wanted* are larger together than all may be.

    Nor may they be larger than those *present*, if these are. A page of a list holds all that its
    images have.
    """
    size, limit = size_of(wanted), settings.IMAGE_PROPERTY_SIZE
    if 0 <= limit < size and size > size_of(present):
        raise OverLimit(f"The properties of an image may have {limit} bytes together, not {size}.")


def size_of(properties: Mapping[str, str]) -> int:
    """Return how many bytes the names and values of *properties* have."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in properties.items())


def write_tags(image: Image, wanted: set[str]) -> None:
    """Make the tags of *image* exactly *wanted*."""
    present = set(image.tag_names)
    if gone := present - wanted:
        Tag.objects.filter(image=image, name__in=gone).delete()
    if fresh := wanted - present:
        Tag.objects.bulk_create(Tag(image=image, name=name) for name in sorted(fresh))
    image.tag_names = sorted(wanted)


def write_properties(image: Image, wanted: dict[str, str]) -> None:
    """Make the custom properties of *image* exactly *wanted*."""
    present = image.property_values
    if gone := present.keys() - wanted.keys():
        Property.objects.filter(image=image, name__in=gone).delete()
    if fresh := dict(wanted.items() - present.items()):
        Property.objects.bulk_create(
            [Property(image=image, name=name, value=value) for name, value in fresh.items()],
            update_conflicts=True,
            unique_fields=["image", "name"],
            update_fields=["value"],
        )
    image.property_values = wanted
