from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import BadValue, Forbidden, NotVisible, OverLimit
from images.lifecycle.tags import add_tag, remove_tag
from images.models import Event, Image
from tests.conftest import MakeImage

pytestmark = pytest.mark.django_db


def tags(image: Image) -> list[str]:
    return Image.objects.get(pk=image.pk).tag_names


def updates() -> list[Any]:
    return [event.payload["changed"] for event in Event.objects.filter(kind="image.update")]


def test_tag_is_added_once(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    add_tag(image, "a", actor=owner)
    once = Image.objects.get(pk=image.pk).updated_at
    add_tag(image, "a", actor=owner)

    assert (tags(image), updates()) == (["a"], [["tags"]])
    assert Image.objects.get(pk=image.pk).updated_at == once > image.updated_at


def test_tag_is_removed(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(tags=["a", "b"])

    remove_tag(image, "a", actor=owner)

    assert (tags(image), updates()) == (["b"], [["tags"]])


def test_absent_tag_is_not_visible(make_image: MakeImage, owner: Actor) -> None:
    with pytest.raises(NotVisible, match="no tag a"):
        remove_tag(make_image(), "a", actor=owner)


@pytest.mark.parametrize("name", ["", "t" * 256])
def test_tag_has_a_length(make_image: MakeImage, owner: Actor, name: str) -> None:
    with pytest.raises(BadValue):
        add_tag(make_image(), name, actor=owner)


def test_tag_is_over_the_limit_unless_it_is_there(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_TAG_QUOTA = 2
    image = make_image(tags=["a", "b"])

    add_tag(image, "a", actor=owner)
    with pytest.raises(OverLimit, match="2 tags"):
        add_tag(image, "c", actor=owner)

    assert tags(image) == ["a", "b"]


@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_tagging_is_refused(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, refusal: type[Exception]
) -> None:
    image, asking = make_image(tags=["a"]), request.getfixturevalue(who)

    with pytest.raises(refusal):
        add_tag(image, "b", actor=asking)
    with pytest.raises(refusal):
        remove_tag(image, "a", actor=asking)

    assert tags(image) == ["a"]
