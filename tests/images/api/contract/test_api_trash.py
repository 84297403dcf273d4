"""/api/trash: what was deleted and can come back; and what the Image API says of it: nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.trash import trash_image
from images.models import Image, ImageUserPermission, Trashed
from images.times import stamp
from portal.identity.models import User
from stores.backends.memory import MemoryStore
from stores.registry import get_store
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db

TRASH = "/api/trash"
LIST = pytest.mark.route("GET", TRASH)
ONE = pytest.mark.route("GET", f"{TRASH}/{{image_id}}")
PURGE = pytest.mark.route("DELETE", f"{TRASH}/{{image_id}}")
RESTORE = pytest.mark.route("POST", f"{TRASH}/{{image_id}}/restore")
DELETE = pytest.mark.route("DELETE", "/v2/images/{image_id}")


@pytest.fixture
def image(make_active: MakeImage, owner: Actor) -> Image:
    """An image in the trash."""
    found = make_active(b"0123456789", name="disk")
    trash_image(found, actor=owner)
    return found


def ids(door: Door, query: str = "") -> list[str]:
    """Return what *query* finds at *door*."""
    answer = door.get(f"{TRASH}{query}")
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["trash"]]


@LIST
@ONE
def test_what_lies_there_is_told(image: Image, owner: Actor) -> None:
    told = Door(owner).get(TRASH).json()

    row = Trashed.objects.get()
    assert told == {
        "trash": [
            {
                "id": str(image.pk),
                "name": "disk",
                "owner": PROJECT,
                "visibility": "shared",
                "size": 10,
                "disk_format": "raw",
                "container_format": "bare",
                "status": "pending_delete",
                "was": "active",
                "deleted_by": owner.user,
                "deleted_at": stamp(row.trashed_at),
                "kept_until": stamp(row.ends_at),
            }
        ],
        "first": TRASH,
    }
    assert Door(owner).get(f"{TRASH}/{image.pk}").json() == told["trash"][0]


@LIST
def test_pages_hold_each_once_the_newest_first(make_image: MakeImage, owner: Actor) -> None:
    made = [make_image() for _ in range(5)]
    for minute, image in enumerate(made):
        trash_image(image, actor=owner)
        when = datetime(2026, 1, 1, 12, minute, tzinfo=UTC)
        Trashed.objects.filter(image=image).update(trashed_at=when)
    door, found, address = Door(owner), list[str](), f"{TRASH}?limit=2"

    while address:
        page = door.get(address).json()
        found += [one["id"] for one in page["trash"]]
        address = page.get("next", "")

    assert found == [str(image.pk) for image in reversed(made)]
    assert page["first"] == f"{TRASH}?limit=2"


@LIST
def test_each_sees_the_own_projects_and_who_sees_all_sees_all(
    image: Image, make_image: MakeImage, admin: Actor, reader: Actor
) -> None:
    theirs = make_image(owner=OTHER, actor=admin)
    trash_image(theirs, actor=admin)
    both = [str(theirs.pk), str(image.pk)]

    seen = [
        ids(Door(who)) for who in (reader, admin, actor(THIRD, "auditor"), actor(THIRD, "member"))
    ]

    assert seen == [[str(image.pk)], both, both, []]
    assert ids(Door(admin), f"?owner={OTHER}") == [str(theirs.pk)]
    assert ids(Door(reader), f"?owner={OTHER}") == []


@LIST
@RESTORE
def test_who_was_granted_deletion_finds_it_and_brings_it_back(
    make_active: MakeImage, owner: Actor
) -> None:
    image, user = make_active(), User.objects.create(username="guest")
    for right in ("view", "delete"):
        ImageUserPermission.objects.assign_perm(f"{right}_image", user, image)
    guest = Door(actor(THIRD, "reader", user_key=user.pk))
    trash_image(image, actor=owner)

    found = ids(guest)
    answer = guest.post(f"{TRASH}/{image.pk}/restore")

    assert (found, answer.status_code) == ([str(image.pk)], 200)


@LIST
@pytest.mark.parametrize(
    "query",
    [
        "?limit=-1",
        "?limit=x",
        "?marker=9adefca9-aece-4a71-9862-30dc0a94cb1c",
        "?marker=x",
        "?sort=name",
    ],
)
def test_nonsense_is_a_bad_request(owner: Actor, query: str) -> None:
    assert Door(owner).get(f"{TRASH}{query}").status_code == 400


@RESTORE
def test_restored_image_is_answered_and_there(image: Image, owner: Actor) -> None:
    door = Door(owner)

    answer = door.post(f"{TRASH}/{image.pk}/restore")

    assert answer.status_code == 200
    assert answer.json() == door.show(image).json()
    assert answer.json()["status"] == "active"
    assert door.post(f"{TRASH}/{image.pk}/restore").status_code == 404


@PURGE
def test_purged_image_is_gone(image: Image, owner: Actor) -> None:
    door = Door(owner)

    assert door.delete(f"{TRASH}/{image.pk}").status_code == 204

    assert door.delete(f"{TRASH}/{image.pk}").status_code == 404
    assert (Trashed.objects.count(), image.current_status()) == (0, "deleted")


@PURGE
def test_what_a_clone_needs_stays(image: Image, owner: Actor) -> None:
    store = get_store()
    assert isinstance(store, MemoryStore)
    store.pin(str(image.pk))

    answer = Door(owner).delete(f"{TRASH}/{image.pk}")

    assert (answer.status_code, Trashed.objects.count()) == (409, 1)


@ONE
@PURGE
@RESTORE
def test_reader_is_refused_and_a_stranger_learns_nothing(
    image: Image, reader: Actor, stranger: Actor
) -> None:
    def ask(who: Actor, pk: Any) -> list[tuple[int, str]]:
        door = Door(who)
        answers = [
            door.get(f"{TRASH}/{pk}"),
            door.delete(f"{TRASH}/{pk}"),
            door.post(f"{TRASH}/{pk}/restore"),
        ]
        return [(one.status_code, one.content.decode().replace(str(pk), "ID")) for one in answers]

    assert [status for status, _ in ask(reader, image.pk)] == [200, 403, 403]
    assert ask(stranger, image.pk) == ask(stranger, uuid.uuid4())
    assert {status for status, _ in ask(stranger, image.pk)} == {404}


@LIST
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    make_image: MakeImage, owner: Actor, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        trash_image(make_image(), actor=owner)

    with django_assert_num_queries(1):
        Door(owner).get(TRASH)


@DELETE
def test_the_image_api_deletes_at_once(make_active: MakeImage, owner_door: Door) -> None:
    image = make_active()

    assert owner_door.send("DELETE", f"/images/{image.pk}").status_code == 204

    assert Trashed.objects.count() == 0


@DELETE
@pytest.mark.parametrize(("status", "lies"), [("queued", 1), ("active", 1), ("saving", 0)])
def test_the_image_api_moves_to_the_trash_where_the_operator_wants_that(
    make_active: MakeImage, owner_door: Door, settings: Any, status: str, lies: int
) -> None:
    settings.API_DELETE_TO_TRASH = True
    image = make_active()
    Image.objects.filter(pk=image.pk).update(status=status)

    answers = [owner_door.send("DELETE", f"/images/{image.pk}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert (Trashed.objects.count(), owner_door.show(image).status_code) == (lies, 404)


@DELETE
def test_protected_image_is_refused_there_too(
    make_active: MakeImage, owner_door: Door, settings: Any
) -> None:
    settings.API_DELETE_TO_TRASH = True
    image = make_active(protected=True)

    assert owner_door.send("DELETE", f"/images/{image.pk}").status_code == 403

    assert Trashed.objects.count() == 0
