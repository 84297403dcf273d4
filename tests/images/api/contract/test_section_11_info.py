"""What the service tells of itself to anybody who is logged in."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.data import receiving
from images.models import Image, Location, Property
from quotas.limits import set_limit
from quotas.models import Resource, Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage, actor
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db


@pytest.mark.route("GET", "/v2/info/stores")
def test_stores_have_flags_as_texts_that_are_absent_when_false(
    reader_door: Door, settings: Any
) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.DEFAULT_STORE = "fast"
    settings.IMAGE_STORES = {
        "fast": memory | {"DESCRIPTION": "Fast"},
        "old": memory | {"OPTIONS": {"read_only": True}},
    }

    answer = reader_door.send("GET", "/info/stores")

    fast = {"id": "fast", "description": "Fast", "default": "true"}
    assert (answer.status_code, answer.json()) == (
        200,
        {"stores": [fast, {"id": "old", "read-only": "true"}]},
    )


@pytest.mark.route("GET", "/v2/info/import")
def test_import_methods_are_an_array(reader_door: Door) -> None:
    answer = reader_door.send("GET", "/info/import")

    methods = answer.json()["import-methods"]
    assert (answer.status_code, methods["type"], methods["value"]) == (200, "array", [])


MIB = 1 << 20
DETAIL = "/v2/info/stores/detail"


def memory(**options: Any) -> dict[str, Any]:
    return {"BACKEND": "stores.backends.memory.MemoryStore", "OPTIONS": options}


@pytest.mark.route("GET", DETAIL)
@pytest.mark.parametrize("role", ["admin", "service"])
def test_details_of_stores_are_for_administrators_and_services(settings: Any, role: str) -> None:
    settings.IMAGE_STORES = {"memory": memory()}

    answer = Door(actor(PROJECT, role)).send("GET", "/info/stores/detail")

    row = {"id": "memory", "default": "true", "type": "memory", "weight": 0, "properties": {}}
    assert (answer.status_code, answer.json()) == (200, {"stores": [row]})


@pytest.mark.route("GET", DETAIL)
def test_details_of_files_tell_where_they_lie(
    admin_door: Door, settings: Any, tmp_path: Any
) -> None:
    backend = "stores.backends.filesystem.FilesystemStore"
    settings.IMAGE_STORES = settings.IMAGE_STORES | {
        "file": {"BACKEND": backend, "OPTIONS": {"path": str(tmp_path)}}
    }

    _, files = admin_door.send("GET", "/info/stores/detail").json()["stores"]

    properties = {"data_dir": str(tmp_path), "chunk_size": MIB, "thin_provisioning": True}
    assert (files["type"], files["properties"]) == ("file", properties)


@pytest.mark.route("GET", DETAIL)
@pytest.mark.parametrize("who", ["reader_door", "owner_door", "member_door"])
def test_details_of_stores_are_nobody_elses(request: pytest.FixtureRequest, who: str) -> None:
    door = request.getfixturevalue(who)

    assert door.send("GET", "/info/stores/detail").status_code == 403


@pytest.mark.route("GET", "/v2/info/usage")
def test_usage_without_limits_is_empty(reader_door: Door) -> None:
    answer = reader_door.send("GET", "/info/usage")

    assert (answer.status_code, answer.json()) == (200, {"usage": {}})


@pytest.mark.route("GET", "/v2/info/usage")
def test_usage_is_that_of_ones_own_project_in_four_names(
    reader_door: Door, make_active: MakeImage, make_image: MakeImage, stranger: Any
) -> None:
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 5 * MIB + 1)
    make_active(bytes(2 * MIB + 1))
    make_image()
    make_image(actor=stranger)

    usage = reader_door.send("GET", "/info/usage").json()["usage"]

    assert usage == {
        "image_size_total": {"usage": 2, "limit": 5},
        "image_count_total": {"usage": 2, "limit": -1},
        "image_stage_total": {"usage": 0, "limit": -1},
        "image_count_uploading": {"usage": 0, "limit": -1},
    }


@pytest.mark.route("GET", "/v2/info/usage")
@pytest.mark.parametrize(
    ("status", "staged"), [("queued", 0), ("saving", 0), ("uploading", 3), ("importing", 3)]
)
def test_usage_counts_what_is_staged(
    reader_door: Door, make_image: MakeImage, status: str, staged: int
) -> None:
    set_limit(PROJECT, Resource.IMAGE_STAGE_TOTAL, 9 * MIB)
    Image.objects.filter(pk=make_image().pk).update(status=status, size=3 * MIB)

    usage = reader_door.send("GET", "/info/usage").json()["usage"]

    assert usage["image_stage_total"] == {"usage": staged, "limit": 9}


@pytest.mark.route("GET", "/v2/info/usage")
def test_usage_counts_uploads_under_way(
    reader_door: Door, make_image: MakeImage, owner: Actor
) -> None:
    set_limit(PROJECT, Resource.IMAGE_COUNT_UPLOADING, 9)

    with receiving(make_image(), actor=owner):
        during = reader_door.send("GET", "/info/usage").json()["usage"]
    after = reader_door.send("GET", "/info/usage").json()["usage"]

    assert during["image_count_uploading"] == {"usage": 1, "limit": 9}
    assert after["image_count_uploading"] == {"usage": 0, "limit": 9}


@pytest.mark.route("GET", "/v2/info/usage")
@pytest.mark.parametrize("limit", [0, -1])
def test_limit_of_nothing_is_a_limit(reader_door: Door, settings: Any, limit: int) -> None:
    settings.QUOTA_DEFAULTS = {"image_size_total": 0, "image_count_total": limit}

    usage = reader_door.send("GET", "/info/usage").json()["usage"]

    assert usage["image_size_total"] == {"usage": 0, "limit": 0}
    assert usage["image_count_total"] == {"usage": 0, "limit": limit}


@pytest.mark.route("GET", "/v2/info/usage")
def test_usage_without_a_project_is_nobodys() -> None:
    assert Door(actor(None, "admin")).send("GET", "/info/usage").status_code == 403


IN_STORE = "/v2/stores/{store}/{image_id}"


@pytest.fixture
def twice(settings: Any, make_active: MakeImage) -> Image:
    """Return an image whose data lie in two stores, `memory` and `other`."""
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"other": memory(), "empty": memory()}
    image = make_active(b"some bytes")
    store, attempt = get_store("other"), f"{image.pk}.{'0' * 32}"
    writer = store.create(attempt, None)
    writer.write(b"some bytes")
    writer.seal()
    store.rename(attempt, str(image.pk))
    Location.objects.create(image=image, store="other", key=str(image.pk), status="active", size=10)
    Usage.objects.update(used=20)
    return image


def drop(door: Door, image: Image, store: str) -> int:
    status: int = door.send("DELETE", f"/stores/{store}/{image.pk}").status_code
    return status


@pytest.mark.route("DELETE", IN_STORE)
def test_data_in_one_of_two_stores_go_with_their_bytes_and_bill(
    admin_door: Door, twice: Image, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        status = drop(admin_door, twice, "other")

    assert (status, admin_door.show(twice).json()["stores"]) == (204, "memory")
    assert str(twice.pk) not in [*get_store("other").keys()]
    assert Usage.objects.get(pk=PROJECT).used == 10
    assert admin_door.download(twice).getvalue() == b"some bytes"


@pytest.mark.route("DELETE", IN_STORE)
def test_last_place_of_the_data_stays(admin_door: Door, twice: Image) -> None:
    drop(admin_door, twice, "other")

    assert drop(admin_door, twice, "memory") == 403


@pytest.mark.route("DELETE", IN_STORE)
@pytest.mark.parametrize(("store", "status"), [("nowhere", 409), ("empty", 404)])
def test_store_must_be_there_and_have_the_data(
    admin_door: Door, twice: Image, store: str, status: int
) -> None:
    assert drop(admin_door, twice, store) == status


@pytest.mark.route("DELETE", IN_STORE)
@pytest.mark.parametrize(
    ("who", "status"), [("owner_door", 403), ("reader_door", 403), ("stranger_door", 404)]
)
def test_only_administrators_remove_data_from_a_store(
    request: pytest.FixtureRequest, twice: Image, who: str, status: int
) -> None:
    assert drop(request.getfixturevalue(who), twice, "other") == status


@pytest.mark.route("DELETE", IN_STORE)
@pytest.mark.parametrize("status", ["queued", "saving", "importing", "deactivated"])
def test_image_must_be_active(admin_door: Door, twice: Image, status: str) -> None:
    Image.objects.update(status=status)

    assert drop(admin_door, twice, "other") == 409


@pytest.mark.route("DELETE", IN_STORE)
def test_data_on_which_a_clone_depends_stay(admin_door: Door, twice: Image) -> None:
    get_store("other").pin(str(twice.pk))  # type: ignore[attr-defined] # of the memory store

    status = drop(admin_door, twice, "other")
    get_store("other").unpin(str(twice.pk))  # type: ignore[attr-defined]

    assert (status, admin_door.show(twice).json()["stores"]) == (409, "memory,other")


@pytest.mark.route("DELETE", IN_STORE)
def test_better_20_image_with_which_a_task_works_is_left_alone(
    admin_door: Door, twice: Image
) -> None:
    Property.objects.create(image=twice, name="os_glance_import_task", value="x")

    assert drop(admin_door, twice, "other") == 409
