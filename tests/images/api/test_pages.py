"""Lists page by page, against the same list made by plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from images.api.pagination import SORT_KEYS
from images.models import Image, ImageGroupPermission, Member, Property, Tag
from tests.conftest import OTHER, PROJECT, THIRD, actor
from tests.images.api.door import Door

OWNERS = (PROJECT, OTHER, None)
NULLS = {"name": "", "disk_format": "", "container_format": "", "size": 0}
ANSWERS = (None, "pending", "accepted")


@pytest.fixture
def cloud(db: None) -> list[Image]:
    """Make images of every owner, visibility, and answer; many are equal in what sorts them."""
    kinds = product(OWNERS, ("public", "community", "shared", "private"), ANSWERS, (False, True))
    images = [
        Image(
            owner=owner,
            visibility=visibility,
            os_hidden=hidden and number % 5 == 0,
            name=(None, "", "a", "B", "ü")[number % 5],
            disk_format=(None, "raw", "qcow2")[number % 3],
            container_format=("bare", None)[number % 2],
            size=(None, 0, 7, 5)[number % 4],
            created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number % 7),
            updated_at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=number % 3),
        )
        for number, (owner, visibility, _, hidden) in enumerate(kinds)
    ]
    Image.objects.bulk_create(images)
    Tag.objects.bulk_create(Tag(image=image, name="t") for image in images[::2])
    Property.objects.bulk_create(
        Property(image=image, name="p", value="v") for image in images[::3]
    )
    Member.objects.bulk_create(
        Member(image=image, project=THIRD, status=answer)
        for image, (_, _, answer, _) in zip(
            images, product(OWNERS, "pcsh", ANSWERS, "nh"), strict=True
        )
        if answer
    )
    return images


@pytest.fixture
def granted(cloud: list[Image]) -> tuple[int, set[Any]]:
    """Grant the sight of a private image and of a community one to a group; return both."""
    group = Group.objects.create(name="sighted")
    view = Permission.objects.get(codename="view_image", content_type__app_label="images")
    seen = [image for image in cloud if image.owner == OTHER][6:24:5]
    for image in seen:
        ImageGroupPermission.objects.create(group=group, permission=view, content_object=image)
    return group.pk, {image.pk for image in seen}


def is_listed(
    image: Image, project: str, visibility: str, grants: set[Any], *, admin: bool
) -> bool:
    """Tell what the contract's section 16 says of one image."""
    if visibility not in {"", "all", image.visibility} or image.os_hidden:
        return False
    if image.owner == project:
        return True
    if image.visibility == "community":
        return visibility != ""
    accepted = image.members.filter(project=project, status="accepted").exists()
    shared = image.visibility == "shared" and (accepted or image.owner is None)
    return admin or image.visibility == "public" or shared or image.pk in grants


def walk(door: Door, query: str) -> list[str]:
    """Return the ids of all pages, and see that each page is full but the last."""
    found: list[str] = []
    address = f"/v2/images?{query}&limit=7"
    while address:
        answer = door.get(address).json()
        found += [image["id"] for image in answer["images"]]
        address = answer.get("next", "")
        assert len(answer["images"]) == 7 or not address
    return found


def sorted_as(image: Image, *, key: str) -> Any:
    """Return what *image* is sorted by; null is as nothing."""
    value = getattr(image, key)
    return NULLS[key] if value is None else value


def in_order(images: list[Image], *keys: tuple[str, str]) -> list[str]:
    """Sort by *keys*, the most important first."""
    for key, way in reversed(keys):
        images.sort(key=partial(sorted_as, key=key), reverse=way == "desc")
    return [str(image.pk) for image in images]


@pytest.mark.parametrize("who", ["own", "shared", "granted", "admin"])
@pytest.mark.parametrize("visibility", ["", "all", "public", "community", "shared", "private"])
def test_pages_hold_each_image_that_is_listed_once(
    cloud: list[Image], granted: tuple[int, set[Any]], who: str, visibility: str
) -> None:
    group, grants = granted
    project = {"own": PROJECT, "shared": THIRD, "granted": THIRD, "admin": PROJECT}[who]
    groups = frozenset({group}) if who == "granted" else frozenset()
    role = "admin" if who == "admin" else "reader"
    door = Door(actor(project, role, user_key=1, groups=groups))

    found = walk(door, f"visibility={visibility}&sort_dir=asc" if visibility else "sort_dir=asc")

    seen = grants if groups else set()
    shown = [
        one for one in cloud if is_listed(one, project, visibility, seen, admin=who == "admin")
    ]
    assert found == in_order(shown, ("created_at", "asc"), ("id", "asc"))


@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("key", sorted(SORT_KEYS))
@pytest.mark.parametrize("role", ["reader", "admin"])
def test_pages_keep_every_order(cloud: list[Image], role: str, key: str, way: str) -> None:
    found = walk(Door(actor(PROJECT, role)), f"sort_key={key}&sort_dir={way}&tag=t")

    listed = [
        image for image in cloud[::2] if is_listed(image, PROJECT, "", set(), admin=role == "admin")
    ]
    assert found == in_order(listed, (key, way), ("created_at", way), ("id", way))


@pytest.mark.parametrize("keys", ["name:asc,size:desc", "disk_format:desc,name:asc,id:desc"])
def test_pages_keep_orders_that_turn(cloud: list[Image], keys: str) -> None:
    found = walk(Door(actor(PROJECT, "reader")), f"sort={keys}&p=v")

    listed = [image for image in cloud[::3] if is_listed(image, PROJECT, "", set(), admin=False)]
    order = [tuple(pair.split(":")) for pair in keys.split(",")]
    rest = [("created_at", "desc"), ("id", "desc")]
    assert found == in_order(listed, *order, *rest)  # type: ignore[arg-type] # pairs
