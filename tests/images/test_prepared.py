from __future__ import annotations

from threading import Thread

import pytest
from django.db import OperationalError, connection
from django.db.models import F, IntegerField, UUIDField
from pytest_django import DjangoAssertNumQueries

from images.models import Event, Image, Location, Tag
from images.prepared import (
    Prepared,
    PreparedUpdate,
    Slot,
    insert,
    insert_values,
    save_fields,
)
from tests.conftest import MakeImage
from tests.threads import needs_server


def test_question_is_asked_again_with_other_values(
    make_image: MakeImage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, other = make_image(name="one", tags=["a"]), make_image(name="other")
    question = Prepared(Image.objects.with_parts().filter(pk=Slot("pk", UUIDField())))

    with django_assert_num_queries(2):
        found = [question.ask(pk=image.pk)[0] for image in (one, other)]

    assert [(image.name, image.tag_names) for image in found] == [("one", ["a"]), ("other", [])]


def test_question_keeps_no_answer(make_image: MakeImage) -> None:
    image = make_image(name="before")
    question = Prepared(Image.objects.filter(owner=Slot("owner")))
    assert [found.name for found in question.ask(owner=image.owner)] == ["before"]

    Image.objects.filter(pk=image.pk).update(name="after")

    assert [found.name for found in question.ask(owner=image.owner)] == ["after"]
    assert question.ask(owner=None) == question.ask(owner="' OR 1=1 --") == []


def test_question_that_nothing_can_answer_is_not_asked(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert Prepared(Image.objects.none()).ask() == []


def test_rows_are_written_with_what_is_given_and_the_database_sets_the_rest(
    make_image: MakeImage,
) -> None:
    image = make_image()

    insert(row := Location(image=image, store="s", key="k", metadata={"a": 1}))
    insert(Event(kind="one", payload={}))
    insert(Event(kind="two", payload={"b": [None]}, before=None, after={"c": "'"}))

    assert row._state.adding is False
    location = Location.objects.get(store="s")
    assert (location.image, location.key, location.metadata) == (image, "k", {"a": 1})
    assert location.heartbeat_at == location.created_at is not None
    told = Event.objects.filter(kind__in=["one", "two"]).values_list("payload", "before", "after")
    assert [*told] == [({}, None, None), ({"b": [None]}, None, {"c": "'"})]


def test_several_rows_are_written_at_once(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [vars(Event(kind=f"kind {number}", payload={"n": number})) for number in range(3)]
    given = ("kind", "image_id", "project", "user", "request_id", "payload", "created_at")

    with django_assert_num_queries(1):
        insert_values(Event, *({name: row[name] for name in given} for row in rows))

    told = Event.objects.filter(kind__startswith="kind").order_by("pk")
    assert [*told.values_list("kind", "payload")] == [(row["kind"], row["payload"]) for row in rows]


def test_only_the_named_fields_are_saved(make_image: MakeImage) -> None:
    image, other = make_image(name="old"), make_image(name="other")
    image.name, image.min_ram = "new", 5

    save_fields(image, "name")

    found = Image.objects.in_bulk()
    assert (found[image.pk].name, found[image.pk].min_ram) == ("new", 0)
    assert found[other.pk].name == "other"


def test_update_tells_how_many_rows_it_changed(make_image: MakeImage) -> None:
    for name in ("a", "a", "b"):
        make_image(name=name)
    change = PreparedUpdate(
        Image.objects.filter(name=Slot("was")), min_ram=F("min_ram") + Slot("more", IntegerField())
    )

    counts = [change.run(was=name, more=2) for name in ("a", "a", "b", "c")]

    assert counts == [2, 2, 1, 0]
    assert {*Image.objects.values_list("name", "min_ram")} == {("a", 4), ("b", 2)}


def elsewhere(statement: str) -> None:
    """Execute *statement* on another connection, as a migration would."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@needs_server
def test_connection_does_not_hold_an_answer(make_image: MakeImage) -> None:
    make_image(name="one")
    question = Prepared(Image.objects.filter(name=Slot("name")))

    assert [image.name for image in question.ask(name="one")] == ["one"]

    kept = connection.connection.kept_cursor
    assert (kept.pgresult, kept._query, kept.closed) == (None, None, False)


@needs_server
@pytest.mark.django_db(transaction=True)
def test_plan_that_a_migration_made_wrong_is_trouble_once() -> None:
    question = Prepared(Tag.objects.filter(name=Slot("name")))
    for _ in range(4):
        question.ask(name="x")
    elsewhere("ALTER TABLE images_tag ALTER COLUMN name TYPE text")
    try:
        with pytest.raises(OperationalError, match="try again"):
            question.ask(name="x")
        for _ in range(5):  # each of the pool's, in turn
            connection.close()
            assert question.ask(name="x") == []
    finally:
        elsewhere("ALTER TABLE images_tag ALTER COLUMN name TYPE varchar(255)")
