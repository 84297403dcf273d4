"""Locations, the new way: told to services and administrators, added in the background."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from images.models import Image, Task
from images.signals import location_adding
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.images.api.contract.conftest import Run
from tests.images.api.contract.places import (
    BYTES,
    DOWNLOAD,
    LOCATIONS,
    MD5,
    PROOF,
    SHA512,
    own_object,
    post,
)
from tests.images.api.door import Door
from tests.images.kept import kinds
from tests.webserver import WebServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web")]

WRONG = "0" * 128


def hashes(image: dict[str, Any]) -> tuple[Any, ...]:
    return image["checksum"], image["os_hash_algo"], image["os_hash_value"]


@pytest.mark.route("POST", LOCATIONS)
def test_location_without_validation_data_is_active_at_once_and_hashed_then(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()

    answer = post(owner_door, image, url)
    run()

    shown = owner_door.show(image).json()
    assert (answer.status_code, answer.content) == (202, b"")
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", len(BYTES), "web")
    assert (hashes(shown), shown["virtual_size"]) == ((MD5, "sha512", SHA512), None)


@pytest.mark.route("GET", DOWNLOAD)
def test_data_elsewhere_are_served_whole_and_in_part(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, url)
    run()

    whole = owner_door.download(image)
    part = owner_door.download(image, HTTP_RANGE="bytes=3-9")

    assert (whole.status_code, whole.getvalue()) == (200, BYTES)
    assert (part.status_code, part.getvalue()) == (206, BYTES[3:10])


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_validation_data_that_are_true_make_it_active(
    owner_door: Door, make_image: MakeImage, url: str, run: Run, algorithm: str
) -> None:
    value = hashlib.new(algorithm, BYTES).hexdigest()
    proof = {"os_hash_algo": algorithm, "os_hash_value": value}
    image = make_image()

    answer = post(owner_door, image, url, validation_data=proof)
    run()

    shown = owner_door.show(image).json()
    assert (answer.status_code, shown["status"]) == (202, "active")
    assert hashes(shown) == (MD5, algorithm, value)


@pytest.mark.route("POST", LOCATIONS)
def test_validation_data_that_are_untrue_leave_it_queued_with_its_place(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()

    post(owner_door, image, url, validation_data=PROOF | {"os_hash_value": WRONG})
    run()

    shown = owner_door.show(image).json()
    assert (shown["status"], shown["stores"], shown["size"]) == ("queued", "web", None)
    assert hashes(shown) == (None, None, None)
    assert Task.objects.get().status == "failure"
    assert Usage.objects.get(pk=PROJECT).used == 0


@pytest.mark.route("GET", DOWNLOAD)
@pytest.mark.route("POST", LOCATIONS)
def test_better_18_place_of_a_failed_import_gives_no_data_and_is_replaced(
    owner_door: Door, make_image: MakeImage, site: WebServer, url: str, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, site.put("/other", b"other"), validation_data=PROOF)
    run()

    refused = owner_door.download(image)
    again = post(owner_door, image, url, validation_data=PROOF)
    run()

    assert (refused.status_code, again.status_code) == (204, 202)
    assert owner_door.download(image).getvalue() == BYTES
    assert owner_door.show(image).json()["stores"] == "web"


@pytest.mark.route("POST", LOCATIONS)
def test_upload_takes_the_place_of_a_failed_import(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, site.put("/other", b"other"), validation_data=PROOF)
    run()

    owner_door.upload(image, b"uploaded")

    assert owner_door.show(image).json()["stores"] == "memory"
    assert owner_door.download(image).getvalue() == b"uploaded"


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize(
    ("proof", "kept"), [({}, (None, None, None)), (PROOF, (None, "sha512", SHA512))]
)
def test_without_secure_hash_what_is_said_is_believed(
    owner_door: Door,
    make_image: MakeImage,
    settings: Any,
    url: str,
    run: Run,
    proof: dict[str, str],
    kept: tuple[Any, ...],
) -> None:
    settings.DO_SECURE_HASH = False
    image = make_image()

    post(owner_door, image, url, validation_data=proof)
    run()

    shown = owner_door.show(image).json()
    assert (shown["status"], hashes(shown)) == ("active", kept)
    assert Task.objects.get().status == "success"


@pytest.mark.route("POST", LOCATIONS)
def test_better_13_algorithm_is_there_as_soon_as_it_is_active(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run
) -> None:
    url = site.put("/image", BYTES, cut=5)
    image = make_image()
    post(owner_door, image, url)
    seen = []

    def look(sender: Any, **kwargs: Any) -> None:
        seen.append(Image.objects.values_list("status", "os_hash_algo").get(pk=image.pk))

    location_adding.connect(look)
    run()
    location_adding.disconnect(look)

    shown = owner_door.show(image).json()
    assert seen == [("queued", None)]
    assert (shown["status"], hashes(shown)) == ("active", (None, None, None))


@pytest.mark.route("POST", LOCATIONS)
def test_object_of_the_images_own_name_becomes_its_data(
    service_door: Door, make_image: MakeImage, run: Run
) -> None:
    image = make_image()

    answer = post(service_door, image, own_object(image), validation_data=PROOF)
    run()

    shown = service_door.show(image).json()
    assert (answer.status_code, shown["status"], shown["stores"]) == (202, "active", "memory")
    assert service_door.download(image).getvalue() == BYTES


@pytest.mark.route("POST", LOCATIONS)
def test_object_that_is_not_what_was_said_is_removed(
    service_door: Door,
    make_image: MakeImage,
    run: Run,
    django_capture_on_commit_callbacks: Any,
) -> None:
    image = make_image()
    post(service_door, image, own_object(image, b"else"), validation_data=PROOF)

    with django_capture_on_commit_callbacks(execute=True):
        run()

    assert service_door.show(image).json().keys() & {"stores"} == set()
    assert str(image.pk) not in [*get_store("memory").keys()]


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("page", [{"status": 404}, {"status": 500}, {"body": b""}])
def test_place_without_data_fails_the_task_and_leaves_the_image_queued(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run, page: dict[str, Any]
) -> None:
    image = make_image()
    post(owner_door, image, site.put("/image", **page))

    run()

    shown = owner_door.show(image).json()
    assert (shown["status"], "stores" in shown) == ("queued", False)
    assert (Task.objects.get().status, bool(Task.objects.get().message)) == ("failure", True)


@pytest.mark.route("POST", LOCATIONS)
def test_formats_must_be_set_before_data_come(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image(disk_format=None)
    post(owner_door, image, url)

    run()

    assert owner_door.show(image).json()["status"] == "queued"
    assert "format" in Task.objects.get().message


@pytest.mark.route("POST", LOCATIONS)
def test_data_elsewhere_are_billed_and_kept_within_the_limit(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, len(BYTES) + 1)
    first, second = make_image(), make_image()
    post(owner_door, first, url)
    run()
    post(owner_door, second, url)
    run()

    assert [owner_door.show(one).json()["status"] for one in (first, second)] == [
        "active",
        "queued",
    ]
    assert Usage.objects.get(pk=PROJECT).used == len(BYTES)
    owner_door.send("DELETE", f"/images/{first.pk}")
    assert Usage.objects.get(pk=PROJECT).used == 0


@pytest.mark.route("POST", LOCATIONS)
def test_deleting_the_image_ends_its_hashing(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, url, validation_data=PROOF)
    owner_door.send("DELETE", f"/images/{image.pk}")

    run()

    task = Task.objects.get()
    assert (task.status, task.message) == ("failure", "The image was deleted meanwhile.")
    assert owner_door.show(image).status_code == 404


@pytest.mark.route("POST", LOCATIONS)
def test_events_tell_of_the_task_and_of_the_image(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()
    post(owner_door, image, url, validation_data=PROOF)
    run()

    assert kinds(image_id=image.pk) == [
        *("image.create", "task.create", "task.processing"),
        *("image.activate", "task.success"),
    ]
