from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.errors import (
    Forbidden,
    IdTaken,
    NotVisible,
    OverLimit,
    ReadOnlyField,
)
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import (
    create_image,
    delete_image,
    update_image,
)
from images.models import Event, Image
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.kept import kept, since_made

pytestmark = pytest.mark.django_db


def test_created_image_waits_for_data_and_belongs_to_the_project(owner: Actor) -> None:
    image = kept(create_image({}, actor=owner))

    assert (image.status, image.owner, image.visibility) == ("queued", PROJECT, "shared")
    assert (image.size, image.checksum, image.protected, image.min_disk) == (None, None, False, 0)
    assert Usage.objects.get(project=PROJECT).images == 1


def test_created_image_has_the_fields_tags_and_properties(owner: Actor) -> None:
    identity = uuid.uuid4()
    fields = {
        "id": identity,
        "name": "😀",
        "min_ram": 7,
        "tags": ["b", "a"],
        "properties": {"k": ""},
    }

    made = create_image(fields, actor=owner)

    for image in (made, kept(made)):
        assert (image.pk, image.name, image.min_ram) == (identity, "😀", 7)
        assert (image.tag_names, image.property_values) == (["a", "b"], {"k": ""})


def test_creation_is_recorded(owner: Actor) -> None:
    image = create_image({"name": "x"}, actor=owner)

    events = [(event.kind, event.user, event.payload["name"]) for event in Event.objects.all()]
    assert events == [("image.create", owner.user, "x")]
    assert image.updated_at >= image.created_at


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        ("reader", {}),
        ("owner", {"owner": OTHER}),
        ("owner", {"owner": None}),
        ("owner", {"visibility": "public"}),
    ],
)
def test_create_is_forbidden(
    request: pytest.FixtureRequest, who: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(Forbidden):
        create_image(fields, actor=request.getfixturevalue(who))

    assert (Image.remembered.count(), Event.objects.count(), Usage.objects.count()) == (0, 0, 0)


def test_administrator_makes_images_for_others_and_for_everybody(admin: Actor) -> None:
    image = create_image({"owner": OTHER, "visibility": "public"}, actor=admin)

    assert (image.owner, image.visibility) == (OTHER, "public")


def test_id_is_never_given_twice(owner: Actor, stranger: Actor) -> None:
    image = create_image({}, actor=owner)
    delete_image(image, actor=owner)

    with pytest.raises(IdTaken):
        create_image({"id": image.pk}, actor=stranger)

    assert Usage.objects.get(project=PROJECT).images == 0
    assert Usage.objects.filter(project=stranger.project).count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": [f"t{number}" for number in range(129)]},
        {"properties": {f"k{number}": "" for number in range(129)}},
        {"properties": {"k": "v" * 65_536}},
    ],
)
def test_create_is_over_the_limit(owner: Actor, fields: dict[str, Any]) -> None:
    with pytest.raises(OverLimit):
        create_image(fields, actor=owner)

    assert Image.remembered.count() == 0


def test_mistake_of_ours_is_not_told_as_a_taken_id(owner: Actor) -> None:
    with pytest.raises(IntegrityError, match="image_visibility_known"):
        create_image({"visibility": "secret"}, actor=owner)


def test_limit_of_tags_may_be_none(owner: Actor, settings: Any) -> None:
    settings.IMAGE_TAG_QUOTA = -1

    image = create_image({"tags": [f"t{number}" for number in range(200)]}, actor=owner)

    assert len(kept(image).tag_names) == 200


@pytest.mark.parametrize("name", ["deleted", "location", "os_glance_x", "status", "checksum"])
def test_create_refuses_names_that_nobody_sets(owner: Actor, name: str) -> None:
    with pytest.raises(ReadOnlyField, match=name):
        create_image({"properties": {name: "x"}}, actor=owner)


def test_create_takes_seven_queries(
    owner: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    create_image({}, actor=owner)

    with django_assert_num_queries(7):
        create_image({"tags": ["a", "b"], "properties": {"k": "v", "l": "w"}}, actor=owner)


def test_count_limit_is_asked_at_creation(owner: Actor) -> None:
    set_limit(PROJECT, Resource.IMAGE_COUNT_TOTAL, 1)
    create_image({}, actor=owner)

    with pytest.raises(Exception, match="image_count_total=1"):
        create_image({}, actor=owner)

    assert Image.objects.count() == 1


def test_update_changes_fields_tags_and_properties(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(tags=["a", "b"], properties={"k": "v", "l": "w", "m": "x"})
    changes = [
        Change(Op.SET, "name", "new"),
        Change(Op.REPLACE, "tags", ["b", "c"]),
        Change(Op.REPLACE, "k", "V"),
        Change(Op.REMOVE, "l"),
        Change(Op.INSERT, "n", "y"),
    ]

    returned = update_image(image, changes, actor=owner)

    for found in (returned, kept(image)):
        assert (found.name, found.tag_names) == ("new", ["b", "c"])
        assert found.property_values == {"k": "V", "m": "x", "n": "y"}


def test_update_is_recorded_with_what_changed(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="same", properties={"k": "v"})
    before = kept(image).updated_at
    changes = [
        Change(Op.SET, "name", "same"),
        Change(Op.SET, "min_ram", 1),
        Change(Op.SET, "k", "w"),
        Change(Op.SET, "tags", ["a"]),
    ]

    update_image(image, changes, actor=owner)

    event = Event.objects.get(kind="image.update")
    assert event.payload["changed"] == ["k", "min_ram", "tags"]
    assert kept(image).updated_at > before


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [Change(Op.SET, "name", "same")],
        [Change(Op.SET, "tags", ["a", "a"])],
        [Change(Op.SET, "k", "v")],
        [Change(Op.SET, "new", "x"), Change(Op.REMOVE, "new")],
        [Change(Op.SET, "absent", None)],
    ],
)
def test_update_that_changes_nothing_leaves_no_trace(
    make_image: MakeImage, owner: Actor, changes: list[Change]
) -> None:
    image = make_image(name="same", tags=["a"], properties={"k": "v"})
    before = kept(image).updated_at

    update_image(image, changes, actor=owner)

    assert (since_made(image), kept(image).updated_at) == ([], before)


def test_update_is_whole_or_nothing(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="old")
    changes = [Change(Op.SET, "name", "new"), Change(Op.REMOVE, "absent")]

    with pytest.raises(Exception, match="absent"):
        update_image(image, changes, actor=owner)

    assert kept(image).name == "old"


def test_update_reads_the_row_again(make_image: MakeImage, owner: Actor) -> None:
    stale = make_image(name="old", min_ram=1)
    update_image(stale, [Change(Op.SET, "min_ram", 2)], actor=owner)

    update_image(stale, [Change(Op.SET, "name", "new")], actor=owner)

    assert (kept(stale).name, kept(stale).min_ram) == ("new", 2)


def test_update_of_a_hidden_image_finds_nothing(make_image: MakeImage, stranger: Actor) -> None:
    with pytest.raises(NotVisible):
        update_image(make_image(), [], actor=stranger)


def test_given_image_is_billed_to_its_new_owner(make_active: MakeImage, admin: Actor) -> None:
    image = make_active(b"12345")

    update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)

    bills = Usage.objects.in_bulk([PROJECT, OTHER])
    assert {name: (bill.images, bill.used) for name, bill in bills.items()} == {
        PROJECT: (0, 0),
        OTHER: (1, 5),
    }


def test_update_of_a_field_and_properties_takes_seven_queries(
    make_image: MakeImage, owner: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image = make_image(properties={"k": "v"})
    changes = [Change(Op.SET, "name", "x"), Change(Op.SET, "k", "w"), Change(Op.SET, "l", "w")]

    with django_assert_num_queries(7):
        updated = update_image(image, changes, actor=owner)
    with django_assert_num_queries(0):
        assert updated.store_names == []
