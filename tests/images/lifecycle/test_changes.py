from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import (
    BadValue,
    Conflict,
    Forbidden,
    NoSuchField,
    OverLimit,
    ReadOnlyField,
)
from images.lifecycle.changes import READ_ONLY, Change, Draft, Op
from images.lifecycle.images import update_image
from images.models import Image
from tests.conftest import OTHER, PROJECT, MakeImage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("op", list(Op))
@pytest.mark.parametrize("name", sorted(READ_ONLY | {"location", "deleted", "os_glance_x"}))
def test_change_of_what_nobody_sets_cannot_be_asked(op: Op, name: str) -> None:
    with pytest.raises(ReadOnlyField, match=name):
        Change(op, name, "x")


@pytest.mark.parametrize("name", ["", "k" * 256])
def test_change_of_a_name_that_no_property_has_cannot_be_asked(name: str) -> None:
    with pytest.raises(BadValue):
        Change(Op.SET, name, "x")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (Change(Op.REMOVE, "name"), Forbidden),
        (Change(Op.REMOVE, "tags"), Forbidden),
        (Change(Op.INSERT, "name", "x"), Conflict),
        (Change(Op.INSERT, "tags", []), Conflict),
        (Change(Op.INSERT, "k", "x"), Conflict),
        (Change(Op.REPLACE, "absent", "x"), NoSuchField),
        (Change(Op.REMOVE, "absent"), NoSuchField),
        (Change(Op.SET, "k", 1), BadValue),
        (Change(Op.SET, "k", "v" * 65_536), OverLimit),
    ],
)
def test_draft_refuses(owner: Actor, change: Change, refusal: type[Exception]) -> None:
    draft = Draft(fields={"name": None}, tags=set(), properties={"k": "v"})

    with pytest.raises(refusal):
        draft.apply(change, owner)


def test_none_takes_a_property_away(owner: Actor) -> None:
    draft = Draft(fields={}, tags=set(), properties={"k": "v"})

    draft.apply(Change(Op.REPLACE, "k", None), owner)

    assert draft.properties == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("owner", PROJECT), ("owner", OTHER), ("owner", None), ("visibility", "public")],
)
def test_member_may_not_ask(make_image: MakeImage, owner: Actor, name: str, value: Any) -> None:
    image = make_image()

    with pytest.raises(Forbidden):
        update_image(image, [Change(Op.SET, name, value)], actor=owner)

    kept = Image.objects.get(pk=image.pk)
    assert (kept.owner, kept.visibility) == (PROJECT, "shared")


def test_visibility_is_permitted_even_when_it_stays(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()
    Image.objects.update(visibility="public")

    with pytest.raises(Forbidden, match="publicize"):
        update_image(image, [Change(Op.SET, "visibility", "public")], actor=owner)


def test_first_refusal_counts(make_image: MakeImage, owner: Actor) -> None:
    changes = [Change(Op.REMOVE, "absent"), Change(Op.SET, "owner", OTHER)]

    with pytest.raises(NoSuchField):
        update_image(make_image(), changes, actor=owner)
    with pytest.raises(Forbidden):
        update_image(make_image(), changes[::-1], actor=owner)


@pytest.mark.parametrize("name", ["disk_format", "container_format"])
@pytest.mark.parametrize("status", ["queued", "importing"])
def test_formats_change_while_the_image_waits_for_data(
    make_active: MakeImage, owner: Actor, name: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    update_image(image, [Change(Op.SET, name, "ami")], actor=owner)

    assert getattr(Image.objects.get(pk=image.pk), name) == "ami"


@pytest.mark.parametrize("name", ["disk_format", "container_format"])
@pytest.mark.parametrize("status", ["saving", "uploading", "active", "deactivated"])
def test_formats_stay_once_data_come_even_the_same(
    make_active: MakeImage, owner: Actor, name: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    with pytest.raises(Forbidden, match="formats"):
        update_image(image, [Change(Op.SET, name, getattr(image, name))], actor=owner)


def test_properties_are_limited_together(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_PROPERTY_SIZE = 10
    image = make_image(properties={"ab": "12345678"})

    update_image(image, [Change(Op.SET, "ab", "é234567")], actor=owner)
    with pytest.raises(OverLimit, match="10 bytes together, not 11"):
        update_image(image, [Change(Op.SET, "ab", "é2345678")], actor=owner)

    settings.IMAGE_PROPERTY_SIZE = 5
    update_image(image, [Change(Op.SET, "ab", "éé3456")], actor=owner)
    with pytest.raises(OverLimit, match="5 bytes together"):
        update_image(image, [Change(Op.SET, "c", "")], actor=owner)


def test_no_limit_is_no_limit(make_image: MakeImage, settings: Any) -> None:
    settings.IMAGE_PROPERTY_SIZE = -1

    assert make_image(properties={"ab": "1" * 60_000}).property_values


@pytest.fixture
def overfull(make_image: MakeImage, settings: Any) -> Image:
    """Return an image with three tags and properties, of which it may now have two."""
    properties = {f"k{number}": "" for number in range(3)}
    image = make_image(tags=["t0", "t1", "t2"], properties=properties)
    settings.IMAGE_PROPERTY_QUOTA = settings.IMAGE_TAG_QUOTA = 2
    return image


@pytest.mark.parametrize(
    "change",
    [
        Change(Op.SET, "name", "new"),
        Change(Op.SET, "k0", "new"),
        Change(Op.REMOVE, "k0"),
        Change(Op.SET, "tags", ["t0"]),
    ],
)
def test_what_an_image_has_beyond_a_limit_may_stay(
    overfull: Image, owner: Actor, change: Change
) -> None:
    update_image(overfull, [change], actor=owner)


@pytest.mark.parametrize(
    "change",
    [Change(Op.SET, "k3", ""), Change(Op.SET, "tags", ["t0", "t1", "t2", "t3"])],
)
def test_nothing_comes_beyond_a_limit(overfull: Image, owner: Actor, change: Change) -> None:
    with pytest.raises(OverLimit):
        update_image(overfull, [change], actor=owner)
