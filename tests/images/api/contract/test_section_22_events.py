"""Events: which act tells what, and with which payload."""

from __future__ import annotations

from typing import Any

import pytest

from images.lifecycle.images import delete_image
from images.models import Event, Image
from images.times import stamp
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

IMAGE = "/v2/images/{image_id}"
NO_STORES: dict[str, Any] = {"os_glance_importing_to_stores": [], "os_glance_failed_import": []}


def told(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Return kind and payload of the events of *kinds*, in order; of all if there are none."""
    events = Event.objects.filter(kind__in=kinds) if kinds else Event.objects.all()
    return [(event.kind, event.payload) for event in events]


def payload(image: Image, **others: Any) -> dict[str, Any]:
    """Return what is told of *image* as it is now, but for *others*."""
    image = Image.remembered.get(pk=image.pk)
    return {
        "id": str(image.pk),
        "name": "x",
        "status": image.status,
        "created_at": stamp(image.created_at),
        "updated_at": stamp(image.updated_at),
        "min_disk": 0,
        "min_ram": 0,
        "protected": False,
        "checksum": image.checksum,
        "owner": PROJECT,
        "disk_format": "raw",
        "container_format": "bare",
        "size": image.size,
        "virtual_size": image.virtual_size,
        "is_public": False,
        "visibility": "shared",
        "properties": {"k": "v"},
        "tags": ["a", "b"],
        "deleted": False,
        "deleted_at": None,
    } | others


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    """Return an image that has everything of which events tell."""
    return make_image(name="x", tags=["b", "a"], properties={"k": "v"})


@pytest.mark.route("POST", "/v2/images")
def test_create(owner_door: Door) -> None:
    fields = {"disk_format": "raw", "container_format": "bare", "k": "v"}

    answer = owner_door.create(name="x", tags=["b", "a"], **fields)

    image = Image.objects.get(pk=answer.json()["id"])
    assert told() == [("image.create", payload(image))]


@pytest.mark.route("PATCH", IMAGE)
def test_update_by_patch(image: Image, owner_door: Door) -> None:
    owner_door.change(image, {"op": "add", "path": "/l", "value": "w"})

    changed = {"properties": {"k": "v", "l": "w"}, "changed": ["l"]}
    assert told("image.update") == [("image.update", payload(image, **changed))]


@pytest.mark.route("PUT", f"{IMAGE}/tags/{{tag}}")
@pytest.mark.route("DELETE", f"{IMAGE}/tags/{{tag}}")
def test_update_by_a_tag(image: Image, owner_door: Door) -> None:
    owner_door.send("PUT", f"/images/{image.pk}/tags/c")
    owner_door.send("DELETE", f"/images/{image.pk}/tags/a")

    tags = [event["tags"] for _, event in told("image.update")]
    assert tags == [["a", "b", "c"], ["b", "c"]]


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_prepare_upload_and_activate(image: Image, owner_door: Door) -> None:
    owner_door.upload(image, b"abc")

    prepared, uploaded, activated = told()[1:]
    assert (prepared[0], prepared[1]["status"], prepared[1]["size"]) == (
        "image.prepare",
        "saving",
        None,
    )
    assert uploaded == ("image.upload", payload(image, backend="memory", **NO_STORES))
    assert activated == ("image.activate", payload(image))
    assert {name: prepared[1][name] for name in ("backend", *NO_STORES)} == {
        "backend": "memory",
        **NO_STORES,
    }


@pytest.mark.route("PUT", f"{IMAGE}/file")
def test_upload_that_fails_tells_why(image: Image, owner_door: Door) -> None:
    owner_door.upload(image, b"abc", HTTP_X_OPENSTACK_IMAGE_SIZE="5")

    kind, event = told()[-1]
    assert (kind, event["status"], event["size"]) == ("image.upload_abandoned", "queued", None)
    assert "5" in event["error"]


@pytest.mark.route("GET", f"{IMAGE}/file")
@pytest.mark.parametrize("wanted", [True, False])
def test_download(
    make_active: MakeImage, member_door: Door, settings: Any, *, wanted: bool
) -> None:
    settings.AUDIT_DOWNLOADS = wanted
    image = make_active(visibility="community")

    assert member_door.get(f"/v2/images/{image.pk}/file").status_code == 200

    receiver = {"receiver_tenant_id": OTHER, "receiver_user_id": f"u{OTHER}"[:32]}
    facts = {"image_id": str(image.pk), "owner_id": PROJECT, **receiver}
    assert told("image.download") == ([("image.download", facts)] if wanted else [])


@pytest.mark.route("DELETE", IMAGE)
def test_delete(image: Image, owner_door: Door) -> None:
    owner_door.send("DELETE", f"/images/{image.pk}")

    gone = Image.remembered.get()
    assert gone.deleted_at is not None
    others = {"deleted": True, "deleted_at": stamp(gone.deleted_at)}
    assert told("image.delete") == [("image.delete", payload(image, **others))]


@pytest.mark.route("POST", f"{IMAGE}/actions/deactivate")
@pytest.mark.route("POST", f"{IMAGE}/actions/reactivate")
@pytest.mark.parametrize(
    ("act", "status"), [("deactivate", "deactivated"), ("reactivate", "active")]
)
def test_deactivate_and_reactivate_have_kinds_of_their_own(
    make_active: MakeImage, owner_door: Door, act: str, status: str
) -> None:
    image = make_active()
    Image.objects.update(status={"deactivate": "active", "reactivate": "deactivated"}[act])

    for _ in range(2):
        owner_door.send("POST", f"/images/{image.pk}/actions/{act}")

    assert [event["status"] for _, event in told(f"image.{act}")] == [status]


@pytest.mark.route("POST", f"{IMAGE}/members")
@pytest.mark.route("PUT", f"{IMAGE}/members/{{project}}")
@pytest.mark.route("DELETE", f"{IMAGE}/members/{{project}}")
def test_members(image: Image, owner_door: Door, member_door: Door) -> None:
    path = f"/images/{image.pk}/members"
    created = owner_door.send("POST", path, {"member": OTHER}).json()
    answered = member_door.send("PUT", f"{path}/{OTHER}", {"status": "accepted"}).json()
    owner_door.send("DELETE", f"{path}/{OTHER}")

    events = told()[1:]
    there: dict[str, Any] = {"deleted": False, "deleted_at": None}
    for shown in (created, answered):
        shown.pop("schema")
    assert events[:2] == [
        ("image.member.create", created | there),
        ("image.member.update", answered | there),
    ]
    gone_at = events[2][1]["deleted_at"]
    assert events[2:] == [
        ("image.member.delete", answered | {"deleted": True, "deleted_at": gone_at})
    ]
    assert gone_at >= answered["updated_at"]


def test_no_event_names_a_location(make_active: MakeImage, owner: Any) -> None:
    delete_image(make_active(), actor=owner)

    assert [name for _, event in told() for name in event if "location" in name] == []
    assert "locations" not in str(told())
