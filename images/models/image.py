"""The image: its fields, and the rules that the database holds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from images.errors import WrongState
from images.models.location import Location
from images.models.queryset import GATHERED, ImageQuerySet
from images.models.sorting import list_indexes
from images.prepared import Prepared, PreparedUpdate, Slot, slots
from images.states import (
    MOVES,
    ContainerFormat,
    DiskFormat,
    LocationStatus,
    Status,
    Visibility,
)

MAX_MINIMUM = 2**31 - 1
PK = Slot("pk", models.UUIDField())


class LivingImageManager(models.Manager["Image"]):
    """Images that are not deleted."""

    def get_queryset(self) -> ImageQuerySet:
        """Leave out the rows that only remember a used id."""
        return ImageQuerySet(self.model, using=self._db).exclude(status=Status.DELETED)


class Image(models.Model):
    """A virtual-machine image; sizes are bytes, *min_disk* GB, *min_ram* MB.

    A deleted image keeps its row, without members, tags and properties, so that its id is never
    used twice and what is still to be removed from stores has an image to belong to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=255, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=16, choices=Status, default=Status.QUEUED, editable=False
    )
    visibility = models.CharField(
        _("visibility"), max_length=16, choices=Visibility, default=Visibility.SHARED
    )
    protected = models.BooleanField(_("protected"), default=False)
    os_hidden = models.BooleanField(_("hidden"), default=False)
    owner = models.CharField(_("owner"), max_length=255, null=True, blank=True)
    disk_format = models.CharField(
        _("disk format"), max_length=16, choices=DiskFormat, null=True, blank=True
    )
    container_format = models.CharField(
        _("container format"), max_length=16, choices=ContainerFormat, null=True, blank=True
    )
    min_disk = models.PositiveIntegerField(_("minimal disk, GB"), default=0)
    min_ram = models.PositiveIntegerField(_("minimal RAM, MB"), default=0)
    size = models.BigIntegerField(_("size, bytes"), null=True, editable=False)
    virtual_size = models.BigIntegerField(_("virtual size, bytes"), null=True, editable=False)
    checksum = models.CharField(_("checksum (md5)"), max_length=32, null=True, editable=False)
    os_hash_algo = models.CharField(_("hash algorithm"), max_length=64, null=True, editable=False)
    os_hash_value = models.CharField(_("hash"), max_length=128, null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = LivingImageManager.from_queryset(ImageQuerySet)()
    remembered = models.Manager.from_queryset(ImageQuerySet)()

    class Meta:
        """Rules that the database holds, and the orders in which lists are read."""

        base_manager_name = "remembered"
        default_manager_name = "objects"
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [
            ("download_image", "Can download the image's data"),
            ("share_image", "Can share the image"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(size=None) | Q(size__gte=0), name="image_size_positive"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="image_status_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="image_visibility_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ACTIVE, Status.DEACTIVATED])
                | Q(size__isnull=False, disk_format__isnull=False, container_format__isnull=False),
                name="image_active_has_data",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DELETED, deleted_at__isnull=False)
                | (~Q(status=Status.DELETED) & Q(deleted_at=None)),
                name="image_deleted_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="image_newest"),
            models.Index(
                fields=["checksum"], condition=Q(checksum__isnull=False), name="image_by_checksum"
            ),
            models.Index(
                fields=["os_hash_value"],
                condition=Q(os_hash_value__isnull=False),
                name="image_by_hash",
            ),
            *list_indexes(),
        ]

    def __str__(self) -> str:
        """Return the name, or the id of one without a name."""
        return self.name or str(self.pk)

    @classmethod
    def without_parts(cls, **fields: Any) -> Self:
        """Return an image that is not there yet; nothing asks the database for its parts."""
        image = cls(**fields)
        image.tag_names, image.property_values, image.active_locations = [], {}, []
        return image

    @property
    def has_formats(self) -> bool:
        """Are both formats set, so that data may come?"""
        return bool(self.disk_format and self.container_format)

    @cached_property
    def tag_names(self) -> list[str]:
        """Return the tags; what writes them keeps this right."""
        return sorted(name for (name,) in self._gathered("gathered_tags"))

    @cached_property
    def property_values(self) -> dict[str, str]:
        """Return the custom properties by name; what writes them keeps this right."""
        return dict(sorted(self._gathered("gathered_properties")))

    @property
    def has_large_properties(self) -> bool:
        """Are there properties that were too large to be loaded with those of many images?"""
        return self.__dict__.get("gathered_properties") is False

    def _gathered(self, name: str) -> Iterable[Any]:
        """Return rows that were loaded `with_parts`, or load all kinds now."""
        if self.__dict__.get(name, False) is False:
            [found] = _parts().ask(pk=self.pk)
            self.__dict__ |= {key: vars(found)[key] for key in GATHERED}
        return self.__dict__[name] or ()

    @cached_property
    def active_locations(self) -> list[Location]:
        """Return the objects that hold the data, in the order in which they are read."""
        return [
            Location(
                id=uuid.UUID(pk),
                image=self,
                status=LocationStatus.ACTIVE,
                store=store,
                key=key,
                url=url,
                metadata=json.loads(notes) if isinstance(notes, str) else notes,  # text in SQLite
                size=size,
            )
            for _, pk, store, key, url, notes, size in self._location_rows()
        ]

    def _location_rows(self) -> list[Any]:
        return sorted(self._gathered("gathered_locations"))  # times come first

    def attempts(self) -> list[Location]:
        """Return the uploads of the data that are under way."""
        return [*self.locations.writing()]

    @property
    def store_names(self) -> list[str]:
        """Return the stores that hold the data, in the order in which they are read."""
        if "active_locations" in self.__dict__:
            return [location.store for location in self.active_locations]
        return [store for _, _, store, *_ in self._location_rows()]  # a list needs no more of them

    def claim(
        self, *sources: Status, to: Status, as_of: datetime | None = None, **changes: object
    ) -> None:
        """Move from one of *sources* to *to* with *changes*, or raise `WrongState`.

        One conditional UPDATE: of two that try at the same time one moves the row. This is the
        only way in which a status changes; inside a transaction it also holds the row's lock. With
        *as_of* the row must still have this `updated_at`: then it and its parts are as they were.
        """
        if not all(to in MOVES[source] for source in sources):
            raise ValueError(f"{sources} may not become {to}")
        now = timezone.now()
        claiming = _claiming(sources, tuple(sorted(changes)), is_dated=as_of is not None)
        if not claiming.run(pk=self.pk, status=to, updated_at=now, as_of=as_of, **changes):
            raise WrongState(f"The image's status does not allow this: {self.current_status()}.")
        self.status, self.updated_at = to, now
        for field, value in changes.items():
            setattr(self, field, value)

    def current_status(self) -> str:
        """Return the status that the database holds now."""
        return str(Image.remembered.values_list("status", flat=True).get(pk=self.pk))


@cache
def _claiming(
    sources: tuple[Status, ...], names: tuple[str, ...], *, is_dated: bool
) -> PreparedUpdate:
    rows = Image.remembered.filter(pk=PK, status__in=sources)
    if is_dated:
        rows = rows.filter(updated_at=Slot("as_of", models.DateTimeField()))
    return PreparedUpdate(rows, **slots(Image, "status", "updated_at", *names))


@cache
def _parts() -> Prepared[Image]:
    return Prepared(Image.remembered.only("pk").with_parts().filter(pk=PK))
