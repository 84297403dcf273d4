"""How images are found: by who asks and by what is asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from images.actors import READER, Actor
from images.errors import NotVisible
from images.models.gathered import gathered
from images.models.location import Location
from images.models.member import Member
from images.models.permission import granted_on
from images.models.property import Property
from images.models.tag import Tag
from images.states import Visibility

if TYPE_CHECKING:
    from images.models.image import Image

FEW = 4
"""Tags, or properties, that a list looks up beside each image."""

LARGE = 1 << 14
"""Bytes of one image's properties, beyond which a list does not hold them all at once."""
GATHERED = ("gathered_tags", "gathered_properties", "gathered_locations")
LOCATION_PARTS = ("created_at", "pk", "store", "key", "url", "metadata", "size")


class ImageQuerySet(models.QuerySet["Image"]):
    """Images, found by who asks and by what is asked."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything *actor* may see by id; lists show less of it (`images.models.listed`)."""
        if actor.sees_all:
            return self
        if not actor.has_role(READER):
            return self.none()
        return self.filter(
            Q(owner=actor.project)
            | Q(visibility__in=[Visibility.PUBLIC, Visibility.COMMUNITY])
            | (Q(owner=None) & ~Q(visibility=Visibility.PRIVATE))
            | (Q(visibility=Visibility.SHARED) & Exists(Member.of_project(actor.project)))
            | granted_on(actor, "view_image"),
        )

    def with_parts(self, *, are_many: bool = False) -> Self:
        """Load what an answer shows beside the row, in the images' own query.

        If they *are_many*, large properties of one are loaded when they are asked for.
        """
        active = Location.objects.active().filter(image=OuterRef("pk"))
        most = LARGE if are_many else None
        return self.annotate(
            gathered_tags=gathered(Tag.of_outer(), "name"),
            gathered_properties=gathered(Property.of_outer(), "name", "value", most=most),
            gathered_locations=gathered(active, *LOCATION_PARTS),
        )

    def tagged(self, *names: str) -> Self:
        """Images that carry all the tags *names*."""
        return self._with_parts_that(Tag, [Q(name=name) for name in dict.fromkeys(names)])

    def with_properties(self, wanted: Mapping[str, str]) -> Self:
        """Images that have all the custom properties *wanted*, by name and value."""
        conditions = [Property.has_value(name, value) for name, value in wanted.items()]
        return self._with_parts_that(Property, conditions)

    def _with_parts_that(self, part: type[Tag | Property], conditions: Sequence[Q]) -> Self:
        """Images with a *part* for each of *conditions*, two of which no part ever meets.

        A few are looked up beside each image. PostgreSQL would try every order of many (128: half
        a minute of planning), so that many are counted instead.
        """
        if len(conditions) > FEW:
            parts = part.objects.filter(reduce(or_, conditions)).order_by().values("image")
            whole = parts.annotate(met=Count("*")).filter(met=len(conditions))
            return self.filter(pk__in=whole.values("image"))
        found = self
        for condition in conditions:
            found = found.filter(Exists(part.of_outer().filter(condition)))
        return found

    def get_or_absent(self, pk: uuid.UUID | str) -> Image:
        """Return the image of that id, or raise `NotVisible`; an id that is none is absent too."""
        try:
            return self.get(pk=pk)
        except (self.model.DoesNotExist, ValidationError, ValueError):
            raise NotVisible(f"No image found with ID {pk}.") from None
