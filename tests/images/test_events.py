from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from images.actors import NOBODY, Actor, session_mark
from images.events import record, record_act, record_data, recorded_together
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import deactivate_image, update_image
from images.lifecycle.members import answer_share, share_image
from images.lifecycle.tags import add_tag
from images.models import Event, Property
from tests.conftest import OTHER, PROJECT, MakeImage


def test_record_writes_who_did_what_to_which_image(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="first")

    record("image.test", image, replace(owner, request_id="req-1"), more="said")

    event = Event.objects.get(kind="image.test")
    assert (event.image_id, event.project) == (image.pk, PROJECT)
    assert (event.user, event.request_id, event.delivered_at) == (owner.user, "req-1", None)
    assert (event.payload["name"], event.payload["more"]) == ("first", "said")


def test_what_is_recorded_together_is_written_in_one_statement_as_it_was(
    make_image: MakeImage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image = make_image(name="first")

    with django_assert_num_queries(1), recorded_together():
        record("image.test", image)
        image.name = "second"
        record("image.test", image, more="said")

    told = Event.objects.filter(kind="image.test").order_by("pk")
    assert [event.payload["name"] for event in told] == ["first", "second"]
    assert told[1].payload["more"] == "said"


def test_nothing_is_recorded_of_what_broke_off(make_image: MakeImage) -> None:
    image = make_image()

    with pytest.raises(ZeroDivisionError), recorded_together():
        record("image.test", image)
        _ = 1 / 0
    with recorded_together():
        pass

    assert not Event.objects.filter(kind="image.test").exists()


def test_event_of_data_tells_the_stores_of_an_import_as_lists(make_image: MakeImage) -> None:
    image = make_image(properties={})
    Property.objects.create(image=image, name="os_glance_failed_import", value="a,b")
    del image.property_values

    record_data("image.test", image, backend="a")

    payload = Event.objects.get(kind="image.test").payload
    assert (payload["os_glance_importing_to_stores"], payload["os_glance_failed_import"]) == (
        [],
        ["a", "b"],
    )


def test_event_of_an_act_that_fails_is_none(make_image: MakeImage) -> None:
    image = make_image()

    with transaction.atomic():
        record("image.test", image)
        transaction.set_rollback(True)

    assert [str(event) for event in Event.objects.all()] == [f"image.create {image.pk}"]


def test_event_tells_from_where_and_by_which_token(make_image: MakeImage, owner: Actor) -> None:
    asking = replace(owner, address="203.0.113.7", token="token:abc")

    make_image(actor=asking)

    event = Event.objects.get()
    assert (event.address, event.token, event.before, event.after) == (
        "203.0.113.7",
        "token:abc",
        None,
        None,
    )


def test_update_tells_only_what_it_changed(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="a", tags=["t"], properties={"k": "v", "l": "w", "m": "x"})
    changes = [
        Change(Op.SET, "name", "b"),
        Change(Op.SET, "tags", ["u", "t"]),
        Change(Op.SET, "k", "changed"),
        Change(Op.REMOVE, "l"),
        Change(Op.INSERT, "n", "new"),
        Change(Op.SET, "m", "x"),
    ]

    update_image(image, changes, actor=owner)

    event = Event.objects.get(kind="image.update")
    assert event.before == {"name": "a", "tags": ["t"], "properties": {"k": "v", "l": "w"}}
    assert event.after == {
        "name": "b",
        "tags": ["t", "u"],
        "properties": {"k": "changed", "n": "new"},
    }


def test_acts_that_move_a_status_tell_both(make_active: MakeImage, owner: Actor) -> None:
    deactivate_image(make_active(), actor=owner)

    event = Event.objects.get(kind="image.deactivate")
    assert (event.before, event.after) == ({"status": "active"}, {"status": "deactivated"})


def test_tag_tells_the_tags_before_and_after(make_image: MakeImage, owner: Actor) -> None:
    add_tag(make_image(tags=["b"]), "a", actor=owner)

    event = Event.objects.get(kind="image.update")
    assert (event.before, event.after) == ({"tags": ["b"]}, {"tags": ["a", "b"]})


def test_answer_tells_what_it_was(make_image: MakeImage, owner: Actor, member: Actor) -> None:
    image = make_image()
    share_image(image, actor=owner, project=OTHER)
    answer_share(image, actor=member, project=OTHER, answer="accepted")

    events = Event.objects.filter(kind__startswith="image.member").values_list("before", "after")
    assert [*events] == [
        (None, {"status": "pending"}),
        ({"status": "pending"}, {"status": "accepted"}),
    ]


def test_act_on_something_else_names_it(db: None, owner: Actor) -> None:
    record_act("identity.test", owner, subject="s1", project=PROJECT, after={"role": "member"})

    event = Event.objects.get()
    assert (event.image_id, event.subject, event.project) == (None, "s1", PROJECT)
    assert (event.before, event.after, event.payload) == (None, {"role": "member"}, {"id": "s1"})


@pytest.mark.parametrize("name", ["password", "Secret", "secret_hash", "X-Auth-Token", "old_token"])
@pytest.mark.parametrize("place", ["before", "after", "details"])
def test_nothing_that_is_called_a_secret_is_told(db: None, name: str, place: str) -> None:
    told = {name: "x"} if place == "details" else {place: {name: "x"}}

    with pytest.raises(ValueError, match="never tells"):
        record_act("identity.test", NOBODY, subject="s1", **told)

    assert not Event.objects.exists()


def test_property_that_a_user_calls_a_secret_is_no_trouble(
    make_image: MakeImage, owner: Actor
) -> None:
    image = make_image(properties={"password": "x"})

    update_image(image, [Change(Op.SET, "password", "y")], actor=owner)

    assert Event.objects.get(kind="image.update").after == {"properties": {"password": "y"}}


def test_mark_of_a_session_does_not_open_it() -> None:
    assert session_mark("abc") == "session:ba7816bf8f01cfea"
    assert session_mark(None) == ""
