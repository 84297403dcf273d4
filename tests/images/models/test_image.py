from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.errors import NotVisible
from images.models import Image, Location, Member, Property, Tag
from images.models.listed import listed_for
from images.models.property import INDEXED
from images.models.queryset import FEW
from tests.conftest import OTHER, PROJECT, MakeImage

pytestmark = pytest.mark.django_db

DATA = {"size": 1, "disk_format": "raw", "container_format": "bare"}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("image_size_positive", {"size": -1}),
        ("image_status_known", {"status": "killed"}),
        ("image_visibility_known", {"visibility": "secret"}),
        ("image_active_has_data", DATA | {"status": "active", "size": None}),
        ("image_active_has_data", DATA | {"status": "active", "disk_format": None}),
        ("image_active_has_data", DATA | {"status": "deactivated", "container_format": None}),
        ("image_deleted_has_time", {"status": "deleted"}),
        ("image_deleted_has_time", {"deleted_at": "2026-01-01T00:00:00Z"}),
        ("min_disk", {"min_disk": -1}),
        ("min_ram", {"min_ram": -1}),
    ],
)
def test_database_refuses_what_no_image_can_be(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        Image.objects.create(**fields)


def test_deleted_image_is_remembered_and_found_by_nothing_else() -> None:
    image = Image.objects.create(status="deleted", deleted_at="2026-01-01T00:00:00Z")

    assert list(Image.objects.all()) == []
    assert list(Image.remembered.all()) == [image]


def test_things_are_called_by_what_they_are() -> None:
    image = Image(id=uuid.UUID(int=7))

    assert (str(Image(name="first")), str(image)) == ("first", str(image.pk))
    assert str(Location(image=image, store="memory", key="k")) == "memory:k"
    assert str(Member(image=image, project=OTHER)) == OTHER
    assert str(Property(image=image, name="k", value="v")) == "k=v"
    assert str(Tag(image=image, name="t")) == "t"


@pytest.mark.parametrize(
    "pk", ["", "x", "\0", "../etc", "a" * 5000, "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]
)
def test_absent_id_is_not_visible(pk: str) -> None:
    with pytest.raises(NotVisible):
        Image.objects.get_or_absent(pk)


def test_id_is_found_in_either_case(make_image: MakeImage) -> None:
    image = make_image()

    assert Image.objects.get_or_absent(str(image.pk).upper()) == image


@pytest.mark.parametrize("count", [1, 3])
def test_with_parts_takes_one_query_for_any_number(
    make_active: MakeImage, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        make_active(tags=["b", "a"], properties={"k": "v"})

    with django_assert_num_queries(1):
        images = list(Image.objects.with_parts())
        parts = [(one.tag_names, one.property_values, one.store_names) for one in images]

    assert parts == [(["a", "b"], {"k": "v"}, ["memory"])] * count


def test_new_image_has_no_parts_and_asks_nobody(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        image = Image.without_parts(name="x")

        assert (image.tag_names, image.property_values, image.store_names) == ([], {}, [])


def test_data_lie_in_every_active_object_and_in_no_attempt(make_image: MakeImage) -> None:
    image = Image.objects.get(pk=make_image().pk)
    for store, status in (("a", "active"), ("b", "active"), ("c", "writing"), ("d", "lost")):
        Location.objects.create(image=image, store=store, key="k", status=status, size=5)

    assert sorted(image.store_names) == ["a", "b"]
    assert [attempt.store for attempt in image.attempts()] == ["c"]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 12])
def test_tagged_images_carry_all_tags(make_image: MakeImage, count: int) -> None:
    tags = [f"t{number}" for number in range(count)]
    all_of_them, _others = make_image(tags=[*tags, "more"]), make_image(tags=["more", *tags[1:]])

    assert list(Image.objects.tagged(*tags, tags[-1])) == [all_of_them]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 12])
def test_properties_are_found_by_name_and_value(make_image: MakeImage, count: int) -> None:
    wanted = {f"k{number}": "v" * (INDEXED - 1 + number) for number in range(count)}
    image = make_image(properties={**wanted, "more": "v"})
    make_image(properties={**wanted, "k0": "w", "more": wanted["k0"]})

    assert list(Image.objects.with_properties(wanted)) == [image]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ({"name": "t"}, Tag),
        ({"name": "k", "value": "v"}, Property),
    ],
)
def test_part_of_an_image_is_there_once(
    make_image: MakeImage, made: dict[str, str], kind: type[Tag | Property]
) -> None:
    image = make_image()
    kind.objects.create(image=image, **made)

    with pytest.raises(IntegrityError):
        kind.objects.create(image=image, **made)


@pytest.fixture
def everything(make_image: MakeImage, admin: Actor) -> dict[str, Image]:
    """Return an image of each visibility of one project, those of nobody, and shares."""
    visibilities = ("public", "community", "shared", "private")
    images = {
        name: make_image(visibility=name, actor=admin, owner=PROJECT) for name in visibilities
    }
    for answer in ("pending", "accepted", "rejected"):
        images[answer] = make_image()
        images[answer].members.create(project=OTHER, status=answer)
    for name in visibilities:
        images[f"nobody's {name}"] = make_image(visibility=name, actor=admin, owner=None)
    return images


@pytest.mark.parametrize(
    ("who", "options", "names"),
    [
        ("owner", {}, {"public", "community", "shared", "private", "pending", "accepted",
                       "rejected", "nobody's public", "nobody's shared"}),
        ("member", {}, {"public", "accepted", "nobody's public", "nobody's shared"}),
        ("member", {"member_status": "pending"},
         {"public", "pending", "nobody's public", "nobody's shared"}),
        ("member", {"member_status": "all"},
         {"public", "pending", "accepted", "rejected", "nobody's public", "nobody's shared"}),
        ("stranger", {"member_status": "all"}, {"public", "nobody's public", "nobody's shared"}),
        ("stranger", {"visibility": "all"},
         {"public", "community", "nobody's public", "nobody's shared", "nobody's community"}),
        ("admin", {}, {"public", "shared", "private", "pending", "accepted", "rejected",
                       "nobody's public", "nobody's shared", "nobody's private"}),
    ],
)  # fmt: skip
def test_list_shows_of_the_visible(
    request: pytest.FixtureRequest,
    everything: dict[str, Image],
    who: str,
    options: dict[str, Any],
    names: set[str],
) -> None:
    found = listed_for(Image.objects.all(), request.getfixturevalue(who), **options)
    listed = {image for reason in found.reasons for image in reason}

    assert {name for name, image in everything.items() if image in listed} == names
