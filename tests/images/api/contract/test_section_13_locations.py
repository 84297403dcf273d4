"""Locations, the new way: told to services and administrators, added in the background."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from images.actors import Actor
from images.models import Image, Task
from images.signals import location_adding
from images.states import Status
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage, actor
from tests.images.api.contract.conftest import Run
from tests.images.api.door import Door
from tests.images.kept import kinds
from tests.webserver import WebServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("web")]

LOCATIONS, DOWNLOAD = "/v2/images/{image_id}/locations", "/v2/images/{image_id}/file"
BYTES = b"bytes on a web server" * 100
MD5, SHA512 = hashlib.md5(BYTES).hexdigest(), hashlib.sha512(BYTES).hexdigest()
WRONG = "0" * 128
PROOF = {"os_hash_algo": "sha512", "os_hash_value": SHA512}


@pytest.fixture
def url(site: WebServer) -> str:
    return site.put("/image", BYTES)


def add(door: Door, image: Image, url: Any, **body: Any) -> Any:
    return door.send("POST", f"/images/{image.pk}/locations", {"url": url} | body)


def hashes(image: dict[str, Any]) -> tuple[Any, ...]:
    return image["checksum"], image["os_hash_algo"], image["os_hash_value"]


def own_object(image: Image, content: bytes = BYTES) -> str:
    """Put an object under the image's own name, as another service does; return its address."""
    store = get_store("memory")
    writer = store.create(key := f"{image.pk}.{uuid4().hex}", None)
    writer.write(content)
    writer.seal()
    store.rename(key, str(image.pk))
    return store.url(str(image.pk))


@pytest.mark.route("POST", LOCATIONS)
def test_location_without_validation_data_is_active_at_once_and_hashed_then(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()

    answer = add(owner_door, image, url)
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
    add(owner_door, image, url)
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

    answer = add(owner_door, image, url, validation_data=proof)
    run()

    shown = owner_door.show(image).json()
    assert (answer.status_code, shown["status"]) == (202, "active")
    assert hashes(shown) == (MD5, algorithm, value)


@pytest.mark.route("POST", LOCATIONS)
def test_validation_data_that_are_untrue_leave_it_queued_with_its_place(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()

    add(owner_door, image, url, validation_data=PROOF | {"os_hash_value": WRONG})
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
    add(owner_door, image, site.put("/other", b"other"), validation_data=PROOF)
    run()

    refused = owner_door.download(image)
    again = add(owner_door, image, url, validation_data=PROOF)
    run()

    assert (refused.status_code, again.status_code) == (204, 202)
    assert owner_door.download(image).getvalue() == BYTES
    assert owner_door.show(image).json()["stores"] == "web"


@pytest.mark.route("POST", LOCATIONS)
def test_upload_takes_the_place_of_a_failed_import(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run
) -> None:
    image = make_image()
    add(owner_door, image, site.put("/other", b"other"), validation_data=PROOF)
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

    add(owner_door, image, url, validation_data=proof)
    run()

    shown = owner_door.show(image).json()
    assert (shown["status"], hashes(shown)) == ("active", kept)
    assert Task.objects.get().status == "success"


@pytest.mark.route("POST", LOCATIONS)
def test_better_13_algorithm_is_there_as_soon_as_it_is_active(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run
) -> None:
    url = site.put("/image", BYTES, cut=10)
    image = make_image()
    add(owner_door, image, url)
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

    answer = add(door, image, bad.format(own=image.pk, other=other.pk))

    assert (answer.status_code, Task.objects.count()) == (400, 0)
    assert "hush" not in answer.text


@pytest.mark.route("POST", LOCATIONS)
def test_refusal_by_the_filter_says_so(owner_door: Door, make_image: MakeImage) -> None:
    answer = add(owner_door, make_image(), "http://10.0.0.1/image")

    assert "does not pass filtering" in answer.json()["message"]


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("who", ["owner_door", "admin_door"])
def test_object_of_a_store_is_named_by_services_alone(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str
) -> None:
    image = make_image()

    answer = add(request.getfixturevalue(who), image, own_object(image))

    assert (answer.status_code, Task.objects.count()) == (403, 0)


@pytest.mark.route("POST", LOCATIONS)
def test_object_of_the_images_own_name_becomes_its_data(
    service_door: Door, make_image: MakeImage, run: Run
) -> None:
    image = make_image()

    answer = add(service_door, image, own_object(image), validation_data=PROOF)
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
    add(service_door, image, own_object(image, b"else"), validation_data=PROOF)

    with django_capture_on_commit_callbacks(execute=True):
        run()

    assert service_door.show(image).json().keys() & {"stores"} == set()
    assert str(image.pk) not in [*get_store("memory").keys()]


@pytest.mark.route("POST", LOCATIONS)
def test_without_a_store_for_the_web_nobody_but_a_service_may_try(
    owner_door: Door, service_door: Door, make_image: MakeImage, settings: Any, url: str
) -> None:
    settings.IMAGE_STORES = {"memory": settings.IMAGE_STORES["memory"]}
    image = make_image()

    assert add(owner_door, image, url).status_code == 403
    assert add(service_door, image, url).status_code == 400


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

    assert add(request.getfixturevalue(who), image, url).status_code == status


@pytest.mark.route("POST", LOCATIONS)
def test_member_of_another_project_may_not_add_one(
    member_door: Door, admin_door: Door, make_image: MakeImage, url: str
) -> None:
    image = make_image(visibility="community")

    assert add(member_door, image, url).status_code == 403


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize(
    "status", [status for status in Status if status not in {"queued", "deleted"}]
)
def test_image_that_is_not_queued_takes_no_first_location(
    owner_door: Door, make_active: MakeImage, url: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    assert add(owner_door, image, url).status_code == 409


@pytest.mark.route("POST", LOCATIONS)
def test_lock_of_the_task_is_shown_and_keeps_others_out(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image()
    add(owner_door, image, url)

    locked = owner_door.show(image).json()["os_glance_import_task"]
    second = add(owner_door, image, url)
    run()

    assert (locked, second.status_code) == (str(Task.objects.get().pk), 409)
    assert "os_glance_import_task" not in owner_door.show(image).json()


@pytest.mark.route("POST", LOCATIONS)
@pytest.mark.parametrize("page", [{"status": 404}, {"status": 500}, {"body": b""}])
def test_place_without_data_fails_the_task_and_leaves_the_image_queued(
    owner_door: Door, make_image: MakeImage, site: WebServer, run: Run, page: dict[str, Any]
) -> None:
    image = make_image()
    add(owner_door, image, site.put("/image", **page))

    run()

    shown = owner_door.show(image).json()
    assert (shown["status"], "stores" in shown) == ("queued", False)
    assert (Task.objects.get().status, bool(Task.objects.get().message)) == ("failure", True)


@pytest.mark.route("POST", LOCATIONS)
def test_formats_must_be_set_before_data_come(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    image = make_image(disk_format=None)
    add(owner_door, image, url)

    run()

    assert owner_door.show(image).json()["status"] == "queued"
    assert "format" in Task.objects.get().message


@pytest.mark.route("POST", LOCATIONS)
def test_data_elsewhere_are_billed_and_kept_within_the_limit(
    owner_door: Door, make_image: MakeImage, url: str, run: Run
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, len(BYTES) + 1)
    first, second = make_image(), make_image()
    add(owner_door, first, url)
    run()
    add(owner_door, second, url)
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
    add(owner_door, image, url, validation_data=PROOF)
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
    add(owner_door, image, url, validation_data=PROOF)
    run()

    assert kinds(image_id=image.pk) == [
        *("image.create", "task.create", "task.processing"),
        *("image.activate", "task.success"),
    ]


@pytest.mark.route("GET", LOCATIONS)
@pytest.mark.parametrize("who", ["admin_door", "service_door"])
def test_locations_are_a_bare_array_for_services_and_administrators(
    request: pytest.FixtureRequest, make_image: MakeImage, url: str, run: Run, who: str
) -> None:
    image = make_image()
    add(Door(actor(PROJECT, "member")), image, url)
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
