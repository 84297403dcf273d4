from __future__ import annotations

from urllib.parse import quote

import pytest

from images.models import Image
from tests.conftest import OTHER, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db


def tags(image: Image) -> list[str]:
    return Image.objects.get(pk=image.pk).tag_names


@pytest.mark.parametrize("tag", ["a", "t" * 255, "😀" * 255, "a b", "a?b#c%", ".", "a\nb", "a\\b"])
def test_tag_comes_and_goes(make_image: MakeImage, owner_door: Door, tag: str) -> None:
    image = make_image()
    path = f"/images/{image.pk}/tags/{quote(tag)}"

    for _ in range(2):
        answer = owner_door.send("PUT", path)
        assert (answer.status_code, answer.content, tags(image)) == (204, b"", [tag])
    answer = owner_door.send("DELETE", path)
    assert (answer.status_code, answer.content, tags(image)) == (204, b"", [])
    assert owner_door.send("DELETE", path).status_code == 404


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("t" * 256, 400),
        ("%00", 400),
        ("a%00b", 400),
        ("%ff", 400),
        ("%c0%ae", 400),
        ("a%ED%A0%80", 400),
        ("a%2Fb", 404),
        ("", 404),
    ],
)
def test_tag_that_is_none_is_refused(
    make_image: MakeImage, owner_door: Door, tag: str, status: int
) -> None:
    image = make_image()

    assert owner_door.send("PUT", f"/images/{image.pk}/tags/{tag}").status_code == status
    assert owner_door.send("DELETE", f"/images/{image.pk}/tags/{tag}").status_code in {400, 404}
    assert tags(image) == []


def test_tag_is_over_the_limit(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image(tags=[f"t{number}" for number in range(128)])

    assert owner_door.send("PUT", f"/images/{image.pk}/tags/t0").status_code == 204
    assert owner_door.send("PUT", f"/images/{image.pk}/tags/another").status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("who", "status"), [("reader_door", 403), ("member_door", 403), ("stranger_door", 404)]
)
def test_tags_are_the_owners(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, method: str, status: int
) -> None:
    image = make_image(tags=["a"])
    image.members.create(project=OTHER)

    answer = request.getfixturevalue(who).send(method, f"/images/{image.pk}/tags/a")

    assert (answer.status_code, tags(image)) == (status, ["a"])


def test_tags_of_no_image_are_absent(owner_door: Door) -> None:
    assert owner_door.send("PUT", "/images/x/tags/a").status_code == 404
