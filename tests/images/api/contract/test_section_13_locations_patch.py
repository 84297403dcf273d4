"""Locations, the old way: shown in the image, and changed by a patch."""

from __future__ import annotations

from typing import Any

import pytest

from images.models import Image, Location
from quotas.models import Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.api.contract.places import BYTES, IMAGE, MD5, PROOF, SHA512, add, replace, urls
from tests.images.api.door import V20, V21, Door
from tests.webserver import WebServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web", "is_shown")]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("dialect", [V20, V21])
def test_first_location_makes_the_image_active_without_hashes(
    owner_door: Door, make_image: MakeImage, url: str, dialect: str
) -> None:
    value = {"url": url, "metadata": {"store": "other", "note": "n"}}
    path = "/locations/-"
    operation = {"add": path} if dialect == V20 else {"op": "add", "path": path}

    answer = owner_door.change(make_image(), operation | {"value": value}, dialect=dialect)

    shown = answer.json()
    place = {"url": url, "metadata": {"note": "n", "store": "web"}}
    assert (answer.status_code, shown["status"], shown["size"]) == (200, "active", 10)
    assert (shown["locations"], shown["stores"]) == ([place], "web")
    assert (shown["checksum"], shown["os_hash_algo"], shown["os_hash_value"]) == (None, None, None)
    assert owner_door.download(shown["id"]).getvalue() == BYTES


@pytest.mark.route("PATCH", IMAGE)
def test_fragment_makes_another_location_of_the_same_store(
    owner_door: Door, make_image: MakeImage, url: str
) -> None:
    image = make_image()
    add(owner_door, image, url)

    answer = add(owner_door, image, f"{url}#two")

    assert (urls(answer), answer.json()["stores"]) == ([url, f"{url}#two"], "web,web")
    assert Usage.objects.get(pk=PROJECT).used == 20


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    ("at", "order"),
    [("-", "abn"), ("0", "nab"), ("1", "anb"), ("2", "abn"), ("7", "abn")],
)
def test_location_is_added_at_its_position(
    owner_door: Door, make_image: MakeImage, url: str, at: str, order: str
) -> None:
    image = make_image()
    for mark in "ab":
        add(owner_door, image, f"{url}#{mark}")

    answer = add(owner_door, image, f"{url}#n", at=at)

    assert [one[-1] for one in urls(answer)] == [*order]
    assert [one[-1] for one in urls(owner_door.show(image))] == [*order]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    "path",
    [
        "/locations",
        "/locations/x",
        "/locations/-1",
        "/locations/1.5",
        "/locations/0/url",
        "/locations/99999999999",
    ],
)
def test_bad_position_is_400(owner_door: Door, make_image: MakeImage, url: str, path: str) -> None:
    value = {"url": url, "metadata": {}}

    answer = owner_door.change(make_image(), {"op": "add", "path": path, "value": value})

    assert (answer.status_code, Location.objects.count()) == (400, 0)


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "http://127.0.0.1/",
        [],
        {"metadata": {}},
        {"url": "{url}"},
        {"url": "{url}", "metadata": "x"},
        {"url": 1, "metadata": {}},
        {"url": "http://127.0.0.1/" + "x" * 255, "metadata": {}},
        {"url": "{url}", "metadata": {}, "validation_data": {"os_hash_algo": "sha512"}},
        {"url": "{url}", "metadata": {}, "validation_data": PROOF | {"other": "x"}},
    ],
)
def test_value_that_is_no_location_is_400(
    owner_door: Door, make_image: MakeImage, url: str, value: Any
) -> None:
    if isinstance(value, dict) and value.get("url") == "{url}":
        value = value | {"url": url}

    answer = owner_door.change(make_image(), {"op": "add", "path": "/locations/-", "value": value})

    assert (answer.status_code, Location.objects.count()) == (400, 0)


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("who", ["owner_door", "admin_door", "service_door"])
@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    "bad",
    [
        "file:///etc/passwd",
        "memory://memory/{other}",
        "rbd://fsid/pool/{other}/snap",
        "swift+config://ref/container/object",
        "http://169.254.169.254/latest",
        "http://user@127.0.0.1/",
        "nonsense",
    ],
)
def test_c11_address_that_leads_to_what_is_not_ones_own_is_400(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    make_image: MakeImage,
    who: str,
    op: str,
    bad: str,
) -> None:
    other, image = make_active(), make_image()
    door = request.getfixturevalue(who)
    url = bad.format(other=other.pk)

    location = {"url": url, "metadata": {}}
    answer = add(door, image, url) if op == "add" else replace(door, image, location)

    assert (answer.status_code, door.show(image).json()["status"]) == (400, "queued")


@pytest.mark.route("PATCH", IMAGE)
def test_own_object_is_named_by_services_alone(
    owner_door: Door, service_door: Door, make_active: MakeImage
) -> None:
    image = make_active(BYTES)
    Location.objects.all().delete()
    Image.objects.update(status="queued", size=None, checksum=None)
    address = get_store("memory").url(str(image.pk))

    refused, accepted = add(owner_door, image, address), add(service_door, image, address)

    assert (refused.status_code, accepted.status_code) == (403, 200)
    assert accepted.json()["stores"] == "memory"


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("page", [{"status": 404}, {"status": 500}, {"body": b""}])
def test_place_without_data_is_400(
    owner_door: Door, make_image: MakeImage, site: WebServer, page: dict[str, Any]
) -> None:
    assert add(owner_door, make_image(), site.put("/image", **page)).status_code == 400


@pytest.mark.route("PATCH", IMAGE)
def test_same_address_with_the_same_notes_is_400(
    owner_door: Door, make_image: MakeImage, url: str
) -> None:
    image = make_image()
    add(owner_door, image, url)

    twin, noted = add(owner_door, image, url), add(owner_door, image, url, metadata={"k": 1})

    assert (twin.status_code, noted.status_code) == (400, 200)


@pytest.mark.route("PATCH", IMAGE)
def test_data_of_another_length_are_not_the_images(
    owner_door: Door, make_active: MakeImage, site: WebServer
) -> None:
    answer = add(owner_door, make_active(BYTES), site.put("/other", b"other"))

    assert answer.status_code == 400


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize("status", ["saving", "uploading", "importing", "deactivated"])
def test_image_in_another_state_takes_none(
    owner_door: Door, make_active: MakeImage, url: str, status: str
) -> None:
    image = make_active(BYTES)
    Image.objects.update(status=status)

    assert add(owner_door, image, url).status_code == 409
    assert replace(owner_door, image, {"url": url, "metadata": {}}).status_code in {400, 409}


@pytest.mark.route("PATCH", IMAGE)
def test_b5_eleventh_location_is_413(
    owner_door: Door, make_active: MakeImage, settings: Any, url: str
) -> None:
    settings.IMAGE_LOCATION_QUOTA = 2
    image = make_active(BYTES)

    answers = [add(owner_door, image, f"{url}#{number}").status_code for number in range(2)]

    assert answers == [200, 413]


@pytest.mark.route("PATCH", IMAGE)
def test_validation_data_of_the_first_location_become_the_images(
    owner_door: Door, make_image: MakeImage, url: str
) -> None:
    proof = PROOF | {"checksum": MD5}

    shown = add(owner_door, make_image(), url, validation_data=proof).json()

    assert (shown["checksum"], shown["os_hash_algo"], shown["os_hash_value"]) == (
        MD5,
        "sha512",
        SHA512,
    )
    assert "validation_data" not in shown["locations"][0]


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    ("proof", "status"),
    [
        (PROOF, 200),
        (PROOF | {"checksum": MD5}, 200),
        (PROOF | {"checksum": "0" * 32}, 409),
        (PROOF | {"os_hash_value": "0" * 128}, 409),
        (PROOF | {"os_hash_value": "x" * 128}, 409),
        (PROOF | {"os_hash_value": "0" * 127}, 409),
        (PROOF | {"os_hash_algo": "sha256", "os_hash_value": "0" * 64}, 409),
        (PROOF | {"checksum": "x" * 32}, 409),
    ],
)
def test_validation_data_must_be_what_the_image_has(
    owner_door: Door, make_active: MakeImage, url: str, proof: dict[str, str], status: int
) -> None:
    answer = add(owner_door, make_active(BYTES), url, validation_data=proof)

    assert answer.status_code == status


@pytest.mark.route("PATCH", IMAGE)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner_door", 200),
        ("admin_door", 200),
        ("reader_door", 403),
        ("member_door", 403),
    ],
)
def test_who_may_add_one(
    request: pytest.FixtureRequest, make_image: MakeImage, url: str, who: str, status: int
) -> None:
    image = make_image(visibility="community")

    assert add(request.getfixturevalue(who), image, url).status_code == status


@pytest.mark.route("PATCH", IMAGE)
def test_whoever_may_not_add_one_makes_us_ask_no_server(
    reader_door: Door, stranger_door: Door, make_image: MakeImage, site: WebServer, url: str
) -> None:
    image = make_image(visibility="private")

    statuses = [add(door, image, url).status_code for door in (reader_door, stranger_door)]

    assert (statuses, site.asked) == ([403, 404], [])
