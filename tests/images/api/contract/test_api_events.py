"""/api/events: what happened, for whoever may read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from images.actors import Actor
from images.events import record_act
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import delete_image, update_image
from images.models import Event
from tests.conftest import OTHER, PROJECT, MakeImage, Protect, actor
from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/api/events")]
EVENTS = "/api/events"


def listed(door: Door, query: str = "") -> list[dict[str, Any]]:
    """Return the events that *query* finds at *door*."""
    answer = door.get(f"{EVENTS}{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def kinds(door: Door, query: str = "") -> list[str]:
    """Return their kinds."""
    return [event["kind"] for event in listed(door, query)]


def test_event_tells_all_that_an_audit_asks(make_image: MakeImage, owner: Actor) -> None:
    asking = replace(owner, address="203.0.113.7", token="token:t", request_id="req-1")
    image = make_image(name="a")
    update_image(image, [Change(Op.SET, "name", "b")], actor=asking)

    [event] = listed(Door(owner), "?kind=image.update")

    row = Event.objects.get(kind="image.update")
    assert event.pop("details")["changed"] == ["name"]
    assert event == {
        "id": row.pk,
        "time": row.created_at.isoformat(),
        "kind": "image.update",
        "user": owner.user,
        "project": PROJECT,
        "image_id": str(image.pk),
        "subject": "",
        "address": "203.0.113.7",
        "token": "token:t",
        "request_id": "req-1",
        "before": {"name": "a"},
        "after": {"name": "b"},
    }


def test_project_sees_its_own_and_who_sees_all_sees_all(
    make_image: MakeImage, owner: Actor, member: Actor, admin: Actor
) -> None:
    make_image()
    make_image(actor=member)
    auditor = actor("b" * 32, "auditor")

    seen = {
        who.user: sorted(event["project"] for event in listed(Door(who)))
        for who in (owner, member, admin, auditor)
    }

    both = [PROJECT, OTHER]
    assert seen == {
        owner.user: [PROJECT],
        member.user: [OTHER],
        admin.user: both,
        auditor.user: both,
    }


def test_project_of_another_is_empty_for_a_member(
    make_image: MakeImage, owner_door: Door, member: Actor
) -> None:
    make_image(actor=member, visibility="public" if member.is_admin else "community")

    assert listed(owner_door, f"?project={OTHER}") == []


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("reader",), 200)])
def test_nobody_without_a_role(roles: tuple[str, ...], status: int, db: None) -> None:
    assert Door(actor(PROJECT, *roles)).get(EVENTS).status_code == status


def test_who_has_not_logged_in(closed_door: Door) -> None:
    assert closed_door.get(EVENTS).status_code == 401


def test_people_and_limits_are_for_managers_and_for_who_did_it(owner: Actor) -> None:
    manager = replace(actor(PROJECT, "manager"), user="boss")
    for who in (owner, manager):
        record_act("identity.membership.create", who, subject="u", project=PROJECT)
    record_act("quota.limit.set", manager, subject=PROJECT, project=PROJECT)
    record_act("identity.user.promote", manager, subject="u")

    assert kinds(Door(owner)) == ["identity.membership.create"]
    assert len(kinds(Door(manager))) == 3


def test_deleted_image_stays_told_to_the_project_that_owned_it(
    make_image: MakeImage, owner: Actor, owner_door: Door, member_door: Door
) -> None:
    image = make_image(visibility="community")
    delete_image(image, actor=owner)

    assert kinds(owner_door, f"?image_id={image.pk}") == ["image.delete", "image.create"]
    assert kinds(member_door, f"?image_id={image.pk}") == []


def test_image_given_away_is_told_on_to_its_new_owner_alone(
    make_image: MakeImage, admin: Actor, owner_door: Door, member_door: Door
) -> None:
    image = make_image()
    update_image(image, [Change(Op.SET, "owner", OTHER)], actor=admin)

    assert kinds(owner_door) == ["image.create"]
    assert kinds(member_door) == ["image.update"]


def test_property_that_may_not_be_read_is_in_no_event(
    make_image: MakeImage, protect: Protect, owner: Actor, admin: Actor
) -> None:
    image = make_image(properties={"billing_code": "17", "k": "v"})
    changes = [Change(Op.SET, "billing_code", "18"), Change(Op.SET, "k", "w")]
    update_image(image, changes, actor=owner)
    rules = "[^billing_]\nread = admin\n[.]\ncreate = @\nread = @\nupdate = @\ndelete = @\n"
    protect(rules)

    [event] = listed(Door(owner), "?kind=image.update")

    assert "billing_code" not in str(listed(Door(owner)))
    assert (event["before"], event["after"]) == (
        {"properties": {"k": "v"}},
        {"properties": {"k": "w"}},
    )
    assert event["details"]["changed"] == ["k"]
    assert "billing_code" in str(listed(Door(admin)))


def test_search(make_image: MakeImage, owner: Actor, owner_door: Door) -> None:
    make_image(actor=replace(owner, user="ada", address="203.0.113.7"))
    make_image(actor=replace(owner, user="bob", address="203.0.113.8"))
    time = Event.objects.latest("pk").created_at.isoformat().replace("+00:00", "Z")

    found = {
        query: [event["user"] for event in listed(owner_door, f"?{query}")]
        for query in (
            "user=ada",
            "address=203.0.113.8",
            "kind=image.",
            "kind=image.update",
            "subject=x",
            f"since={time}",
            f"until={time}",
        )
    }

    assert [*found.values()] == [["ada"], ["bob"], ["bob", "ada"], [], [], ["bob"], ["ada"]]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages(make_image: MakeImage, owner_door: Door, direction: str) -> None:
    images = [str(make_image().pk) for _ in range(3)]

    seen, address = [], f"{EVENTS}?limit=2&sort_dir={direction}"
    while address:
        answer = owner_door.get(address).json()
        seen += [event["image_id"] for event in answer["events"]]
        assert answer["first"] == f"{EVENTS}?limit=2&sort_dir={direction}"
        address = answer.get("next")

    assert seen == (images if direction == "asc" else images[::-1])


@pytest.mark.parametrize(
    "query",
    [
        *("image_id=x", "marker=x", "marker=-1", "limit=-1", "sort_dir=up", "since=yesterday"),
        *("until=2026-13-01T00:00:00Z", "since=0001-01-01T00:00:00%2B14:00", "kind=%00"),
        *("other=1", "user=%ff"),
    ],
)
def test_nonsense_is_refused(owner_door: Door, query: str) -> None:
    assert owner_door.get(f"{EVENTS}?{query}", QUERY_STRING=query).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_one_query(
    make_image: MakeImage, owner_door: Door, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_image()

    with django_assert_num_queries(1):
        assert len(listed(owner_door)) == count
