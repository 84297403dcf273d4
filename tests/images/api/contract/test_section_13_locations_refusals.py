"""Who may add a place by POST, which bodies are refused, and who sees places."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.models import Image, Task
from images.states import Status
from tests.conftest import PROJECT, MakeImage, actor
from tests.images.api.contract.conftest import Run
from tests.images.api.contract.places import LOCATIONS, MD5, PROOF, SHA512, own_object, post
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web")]


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": None},
        {"url": 1},
        {"url": ""},
        {"url": "http://127.0.0.1/" + "x" * 255},
        {"url": "{url}", "validation_data": None},
        {"url": "{url}", "validation_data": []},
        {"url": "{url}", "validation_data": {"os_hash_algo": "sha512"}},
        {"url": "{url}", "validation_data": {"os_hash_value": SHA512}},
        {"url": "{url}", "validation_data": PROOF | {"checksum": MD5}},
        {"url": "{url}", "validation_data": PROOF | {"os_hash_algo": "sha3_512"}},
        {"url": "{url}", "validation_data": PROOF | {"os_hash_algo": 1}},
        {"url": "{url}", "validation_data": PROOF | {"os_hash_value": SHA512[:-1]}},
        {"url": "{url}", "validation_data": PROOF | {"os_hash_value": "x" * 128}},
        {"url": "{url}", "validation_data": PROOF | {"os_hash_value": ""}},
    ],
)
def test_body_that_can_never_be_right_is_400(
    owner_door: Door, make_image: MakeImage, url: str, body: dict[str, Any]
) -> None:
    image = make_image()
    sent = {key: url if value == "{url}" else value for key, value in body.items()}

    answer = owner_door.send("POST", f"/images/{image.pk}/locations", sent)

    assert (answer.status_code, Task.objects.count()) == (400, 0)


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("who", ["owner_door", "admin_door", "service_door"])
@pytest.mark.parametrize(
    "bad",
    [
        "file:///etc/passwd",
        "filesystem:///etc/passwd",
        "memory://memory/{other}",
        "memory://memory/{own}/../{other}",
        "memory://memory/{own}.{other}",
        "rbd://fsid/pool/{other}/snap",
        "rbd://fsid/pool/{own}/snap",
        "swift+config://ref/container/object",
        "cinder://store/volume",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:22/",
        "http://10.0.0.1/image",
        "http://user:hush@127.0.0.1/image",
        "gopher://127.0.0.1/",
        "nonsense",
    ],
)
def test_c11_address_that_leads_to_what_is_not_ones_own_is_400(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    make_image: MakeImage,
    who: str,
    bad: str,
) -> None:
    other, image = make_active(), make_image()
    door = request.getfixturevalue(who)

    answer = post(door, image, bad.format(own=image.pk, other=other.pk))

    assert (answer.status_code, Task.objects.count()) == (400, 0)
    assert "hush" not in answer.text


@pytest.mark.route("POST", LOCATIONS)
def test_refusal_by_the_filter_says_so(owner_door: Door, make_image: MakeImage) -> None:
    answer = post(owner_door, make_image(), "http://10.0.0.1/image")

    assert "does not pass filtering" in answer.json()["message"]


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("who", ["owner_door", "admin_door"])
def test_object_of_a_store_is_named_by_services_alone(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str
) -> None:
    image = make_image()

    answer = post(request.getfixturevalue(who), image, own_object(image))

    assert (answer.status_code, Task.objects.count()) == (403, 0)


@pytest.mark.route("POST", LOCATIONS)
def test_without_a_store_for_the_web_nobody_but_a_service_may_try(
    owner_door: Door, service_door: Door, make_image: MakeImage, settings: Any, url: str
) -> None:
    settings.IMAGE_STORES = {"memory": settings.IMAGE_STORES["memory"]}
    image = make_image()

    assert post(owner_door, image, url).status_code == 403
    assert post(service_door, image, url).status_code == 400


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner_door", 202),
        ("admin_door", 202),
        ("service_door", 202),
        ("reader_door", 403),
        ("stranger_door", 404),
    ],
)
def test_who_may_add_a_location(
    request: pytest.FixtureRequest, make_image: MakeImage, url: str, who: str, status: int
) -> None:
    image = make_image(visibility="private")

    assert post(request.getfixturevalue(who), image, url).status_code == status


@pytest.mark.route("POST", LOCATIONS)
def test_member_of_another_project_may_not_add_one(
    member_door: Door, admin_door: Door, make_image: MakeImage, url: str
) -> None:
    image = make_image(visibility="community")

    assert post(member_door, image, url).status_code == 403


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize(
    "status", [status for status in Status if status not in {"queued", "deleted"}]
)
def test_image_that_is_not_queued_takes_no_first_location(
    owner_door: Door, make_active: MakeImage, url: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    assert post(owner_door, image, url).status_code == 409


@pytest.mark.route("POST", LOCATIONS)
def test_lock_of_the_task_is_shown_and_keeps_others_out(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, url)

    locked = owner_door.show(image).json()["os_glance_import_task"]
    second = post(owner_door, image, url)
    run()

    assert (locked, second.status_code) == (str(Task.objects.get().pk), 409)
    assert "os_glance_import_task" not in owner_door.show(image).json()


@pytest.mark.route("GET", LOCATIONS)
@pytest.mark.parametrize("who", ["admin_door", "service_door"])
def test_locations_are_a_bare_array_for_services_and_administrators(
    request: pytest.FixtureRequest, make_image: MakeImage, url: str, run: Run, who: str
) -> None:
    image = make_image()
    post(Door(actor(PROJECT, "member")), image, url)
    run()

    answer = request.getfixturevalue(who).send("GET", f"/images/{image.pk}/locations")

    assert (answer.status_code, answer.json()) == (
        200,
        [{"url": url, "metadata": {"store": "web"}}],
    )


@pytest.mark.route("GET", LOCATIONS)
@pytest.mark.parametrize(
    ("who", "status"), [("owner_door", 403), ("reader_door", 403), ("stranger_door", 404)]
)
def test_locations_are_told_to_nobody_else(
    request: pytest.FixtureRequest, make_active: MakeImage, who: str, status: int
) -> None:
    image = make_active(visibility="private")

    answer = request.getfixturevalue(who).send("GET", f"/images/{image.pk}/locations")

    assert answer.status_code == status


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_of_locations_are_405(
    owner_door: Door, make_image: MakeImage, method: str
) -> None:
    assert owner_door.send(method, f"/images/{make_image().pk}/locations").status_code == 405


def test_service_role_alone_sees_only_what_is_shown_to_it(
    make_active: MakeImage, owner: Actor
) -> None:
    image = make_active(visibility="private")

    answer = Door(actor("5" * 32, "service")).send("GET", f"/images/{image.pk}/locations")

    assert answer.status_code == 404
