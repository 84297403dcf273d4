"""What somebody was granted on one image: the rows of guardian's tables, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils import timezone

from images.actors import READER, Actor
from images.models.image import Image
from images.models.permission import ImageGroupPermission, ImageUserPermission, live
from images.states import GranteeKind, Right, Status

Row = ImageUserPermission | ImageGroupPermission
RIGHTS = {right.codename: right for right in Right}


@dataclass(frozen=True, slots=True)
class Grantee:
    """To whom rights are granted: *key* is the row of a user, or of a group (a project's too).

    *id* and *name* are what events and people call it; the doors know them.
    """

    kind: GranteeKind
    key: int
    id: str
    name: str

    @property
    def is_user(self) -> bool:
        """Is it one user, and not a group of them?"""
        return self.kind == GranteeKind.USER


@dataclass(frozen=True, slots=True)
class Grant:
    """All that one user (*is_to_user*) or group of the primary key *key* holds on one image.

    *granted_by* is a user's public id; *expires_at* is None for a grant without an end.
    """

    image: Image
    is_to_user: bool
    key: int
    rights: frozenset[Right]
    expires_at: datetime | None
    granted_at: datetime
    granted_by: str

    @property
    def has_ended(self) -> bool:
        """Does it count no more?"""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def shown_rights(self) -> list[str]:
        """Return the rights by name, in the order in which people read them."""
        return [right.value for right in Right if right in self.rights]


def grants_on(*images: Image) -> list[Grant]:
    """Return every grant on *images*, ended ones too; first those to users, oldest first."""
    by_id = {image.pk: image for image in images}
    user_rows = ImageUserPermission.objects.filter(content_object__in=by_id)
    group_rows = ImageGroupPermission.objects.filter(content_object__in=by_id)
    return [*_together(user_rows, by_id), *_together(group_rows, by_id)]


def grants_held(actor: Actor) -> list[Grant]:
    """Return what *actor* holds now on images of others, newest first."""
    others = ~Q(content_object__owner=actor.project) | Q(content_object__owner=None)
    others &= ~Q(content_object__status=Status.DELETED)  # in the trash grants are kept, and rest
    user_rows = ImageUserPermission.objects.filter(live(), others, user_id=actor.user_key)
    group_rows = ImageGroupPermission.objects.filter(live(), others, group_id__in=actor.groups)
    held = [*_together(user_rows), *_together(group_rows)] if actor.has_role(READER) else []
    return sorted(held, key=lambda grant: grant.granted_at, reverse=True)


def grant_to(image: Image, to: Grantee) -> Grant | None:
    """Return what *to* was granted on *image*, ended or not."""
    return next(_together(rows_of(image, to), {image.pk: image}), None)


def rows_of(image: Image, to: Grantee) -> QuerySet[Any]:
    """Return the rows of what *to* was granted on *image*."""
    if to.is_user:
        return ImageUserPermission.objects.filter(content_object=image, user_id=to.key)
    return ImageGroupPermission.objects.filter(content_object=image, group_id=to.key)


def write_grant(grant: Grant) -> None:
    """Write the rows of *grant*, of which there are none."""
    model: Any = ImageUserPermission if grant.is_to_user else ImageGroupPermission
    holder = "user_id" if grant.is_to_user else "group_id"
    permissions = Permission.objects.filter(
        codename__in=[right.codename for right in grant.rights],
        content_type__app_label="images",
        content_type__model="image",
    )
    model.objects.bulk_create(
        model(
            content_object=grant.image,
            permission=permission,
            expires_at=grant.expires_at,
            granted_at=grant.granted_at,
            granted_by=grant.granted_by,
            **{holder: grant.key},
        )
        for permission in permissions
    )


def _together(rows: QuerySet[Any], images: dict[Any, Image] | None = None) -> Iterator[Grant]:
    """Yield one grant for the rows of each grantee and image."""
    found: dict[tuple[Any, int], list[Row]] = {}
    related = ["permission"] if images else ["permission", "content_object"]
    for row in rows.select_related(*related).order_by("granted_at", "pk"):
        key = row.user_id if isinstance(row, ImageUserPermission) else row.group_id
        found.setdefault((row.content_object_id, key), []).append(row)
    for (pk, key), same in found.items():
        image = images[pk] if images else same[0].content_object
        yield _grant(image, key, same)


def _grant(image: Image, key: int, rows: list[Row]) -> Grant:
    first = rows[0]
    return Grant(
        image=image,
        is_to_user=isinstance(first, ImageUserPermission),
        key=key,
        rights=frozenset(_rights(rows)),
        expires_at=first.expires_at,
        granted_at=first.granted_at,
        granted_by=first.granted_by,
    )


def _rights(rows: Iterable[Row]) -> Iterator[Right]:
    for row in rows:
        if row.permission.codename in RIGHTS:  # Django has others, such as to add one
            yield RIGHTS[row.permission.codename]
