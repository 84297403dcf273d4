"""Property protection: what may not be read is nowhere, what may not be changed is 403."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Image
from tests.conftest import MakeImage, Protect
from tests.images.api.door import V20, V21, Door

pytestmark = pytest.mark.django_db

IMAGE, LIST = "/v2/images/{image_id}", "/v2/images"
RULES = """
[^secret]
create = admin
read = admin
update = admin
delete = admin
[^fixed]
create = @
read = @
update = !
delete = !
[^blind]
create = @
read = !
update = !
delete = !
[.]
create = @
read = @
update = @
delete = @
"""
SECRET = {"secret": "s", "k": "v"}


@pytest.fixture(autouse=True)
def rules(protect: Protect) -> None:
    protect(RULES)


@pytest.fixture
def image(make_image: MakeImage, owner_door: Door, admin_door: Door) -> Image:
    """Return an image on which an administrator put what its owner may not read."""
    image = make_image(properties={"k": "v", "fixed": "f", "blind": "b"})
    admin_door.change(image, {"op": "add", "path": "/secret", "value": "s"})
    return image


def shown(answer: Any) -> set[str]:
    names: set[str] = answer.json().keys() & {"k", "fixed", "blind", "secret"}
    return names


@pytest.mark.route("GET", IMAGE)
def test_unreadable_property_is_left_out_of_the_image(
    image: Image, owner_door: Door, admin_door: Door
) -> None:
    assert shown(owner_door.show(image)) == {"k", "fixed"}
    assert shown(admin_door.show(image)) == {"k", "fixed", "secret"}


@pytest.mark.route("GET", LIST)
def test_unreadable_property_is_left_out_of_lists(
    image: Image, owner_door: Door, admin_door: Door
) -> None:
    def listed(door: Door) -> set[str]:
        [one] = door.send("GET", "/images").json()["images"]
        names: set[str] = one.keys() & SECRET.keys()
        return names

    assert (listed(owner_door), listed(admin_door)) == ({"k"}, {"k", "secret"})


@pytest.mark.route("PATCH", IMAGE)
def test_unreadable_property_is_left_out_of_the_answers_to_changes(
    image: Image, owner_door: Door
) -> None:
    changed = owner_door.change(image, {"op": "add", "path": "/k", "value": "w"})
    created = owner_door.create(blind="b", k="v")

    assert (changed.status_code, shown(changed)) == (200, {"k", "fixed"})
    assert (created.status_code, shown(created)) == (201, {"k"})


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize(("value", "found"), [("s", 1), ("x", 0)])
def test_filter_on_an_unreadable_property_finds_nothing(
    image: Image, owner_door: Door, admin_door: Door, value: str, found: int
) -> None:
    def count(door: Door) -> int:
        return len(door.send("GET", f"/images?secret={value}").json()["images"])

    assert (count(owner_door), count(admin_door)) == (0, found)


@pytest.mark.route("POST", LIST)
def test_create_with_a_refused_property_is_forbidden(owner_door: Door) -> None:
    answer = owner_door.create(secret="s")

    assert (answer.status_code, Image.remembered.count()) == (403, 0)


@pytest.mark.parametrize(
    ("name", "status"), [("secret", 403), ("secret_other", 403), ("fixed", 403), ("k", 200)]
)
@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_change_of_a_refused_property_is_forbidden(
    image: Image, owner_door: Door, op: str, name: str, status: int
) -> None:
    before = dict(Image.objects.get(pk=image.pk).property_values)

    answer = owner_door.change(image, {"op": op, "path": f"/{name}", "value": "w"})

    assert answer.status_code == status
    after = Image.objects.get(pk=image.pk).property_values
    assert (after == before) == (status == 403)


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("dialect", [V20, V21])
def test_refusal_does_not_tell_whether_an_unreadable_property_is_there(
    image: Image, owner_door: Door, dialect: str
) -> None:
    def refused(name: str) -> tuple[int, str]:
        path = f"/{name}"
        operation = {"add": path} if dialect == V20 else {"op": "add", "path": path}
        answer = owner_door.change(image, operation | {"value": "w"}, dialect=dialect)
        return answer.status_code, answer.json()["message"].replace(name, "NAME")

    assert refused("blind") == refused("blind_other") == (403, refused("blind")[1])


@pytest.mark.route("POST", LIST)
def test_rules_that_cannot_be_used_refuse_everything(protect: Protect, owner_door: Door) -> None:
    protect("[k]\nraed = @\n", form="policies")

    assert owner_door.create(k="v").status_code == 400
