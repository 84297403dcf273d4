from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from images.actors import Actor
from images.events import record_download
from images.lifecycle.changes import Change, Op
from images.lifecycle.images import update_image
from images.models import Event, Image
from portal.events.activity import changes
from portal.events.exports import COLUMNS
from portal.identity.models import User
from portal.lists.keyset import PAGE
from tests.conftest import PROJECT, MakeImage

SignIn = Callable[..., Client]


def rows(answer: Any) -> list[str]:
    """Return the kinds that a page shows, in their order."""
    assert answer.status_code == 200, answer.content
    return re.findall(r"<code>([a-z_.]+)</code>", answer.content.decode())


def body(answer: Any) -> str:
    """Return a streamed file."""
    return b"".join(answer.streaming_content).decode()


@pytest.fixture
def root(sign_in: SignIn) -> Client:
    """Return the browser of an administrator."""
    client = sign_in(PROJECT, "manager")
    User.objects.filter(username="manager of lab").update(is_superuser=True)
    return client


def test_project_sees_what_happened_in_it(
    at_lab: Client, at_farm: Client, make_image: MakeImage, member: Actor
) -> None:
    make_image(name="ours")
    make_image(name="theirs", actor=member)

    page = at_lab.get("/activity").content.decode()

    assert ("ours" in page, "theirs" in page) == (True, False)
    assert rows(at_farm.get("/activity")) == ["image.create"]


def test_row_tells_who_from_where_and_what_changed(
    at_lab: Client, make_image: MakeImage, owner: Actor
) -> None:
    ada = User.objects.create(username="ada")
    asking = replace(owner, user=ada.public_id, address="203.0.113.7", token="session:0123")
    image = make_image(name="a\u202eb", properties={"k": "v"})
    asked = [Change(Op.SET, "name", "<b>"), Change(Op.SET, "k", "w")]
    update_image(image, asked, actor=asking)

    text = re.sub(r"\s+", " ", at_lab.get("/activity?kind=image.").content.decode())

    for said in ("ada", "203.0.113.7", "session:0123", "a⟨202E⟩b", "&lt;b&gt;", "k: v "):
        assert said in text
    assert "<b>" not in text


@pytest.mark.parametrize(("keeper", "said"), [(PROJECT, "ours now"), ("of others", None)])
def test_a_download_names_its_image(
    at_lab: Client, make_image: MakeImage, owner: Actor, keeper: str, said: str | None
) -> None:
    image = make_image(name="ours")
    record_download(image, owner)
    Image.objects.filter(pk=image.pk).update(name="ours now", owner=keeper)

    text = at_lab.get("/activity?kind=image.download").content.decode()

    assert f">{said or image.pk}</a>" in text


def test_what_is_no_image_goes_by_its_subject(at_lab: Client) -> None:
    told = {"payload": {"name": "of a part"}, "subject": "OS::Compute"}
    Event.objects.create(kind="metadef_object.create", project=PROJECT, **told)

    text = at_lab.get("/activity").content.decode()

    assert ("OS::Compute" in text, "of a part" in text) == (True, False)


def test_nothing_in_these_days(at_lab: Client, make_image: MakeImage) -> None:
    make_image()

    page = at_lab.get("/activity?until=2001-01-01").content.decode()

    assert "Nothing in these days." in page
    assert 'href="/activity"' in page


def test_filters_take_names_and_whole_days(
    root: Client, make_image: MakeImage, owner: Actor
) -> None:
    ada = User.objects.create(username="ada")
    image = make_image(actor=replace(owner, user=ada.public_id, address="203.0.113.7"))
    today = timezone.now().date().isoformat()

    found = {
        query: len(rows(root.get(f"/activity?{query}&kind=image.")))
        for query in (
            *("who=ADA", "who=nobody", f"what={image.pk}", "what=x", "address=203.0.113.7"),
            *("project=lab", "project=farm", f"since={today}&until={today}", "since=2999-01-01"),
        )
    }

    assert [*found.values()] == [1, 0, 1, 0, 1, 1, 0, 1, 0]


@pytest.mark.parametrize("path", ["/activity", "/activity.csv"])
def test_the_last_day_of_all_has_no_day_after_it(
    at_lab: Client, make_image: MakeImage, path: str
) -> None:
    image = make_image()

    answer = at_lab.get(f"{path}?until=9999-12-31")

    assert str(image.pk) in (body(answer) if answer.streaming else answer.text)


@pytest.mark.parametrize("query", ["since=yesterday", "kind=x", "who=%00", "after=x", "before=-1"])
@pytest.mark.parametrize("path", ["/activity", "/activity.csv"])
def test_nonsense_is_said(at_lab: Client, path: str, query: str) -> None:
    is_marker = query.startswith(("after", "before"))

    answer = at_lab.get(f"{path}?{query}")

    assert answer.status_code == (200 if is_marker and path != "/activity" else 400)


def test_pages_forth_and_back(at_lab: Client, owner: Actor) -> None:
    events = [Event(kind=f"image.n{n}", project=PROJECT) for n in range(PAGE + 2)]
    Event.objects.bulk_create(events)

    first = at_lab.get("/activity")
    [after] = re.findall(r'rel="next"\s+href="\?(after=\d+)"', first.content.decode())
    second = at_lab.get(f"/activity?{after}")
    [before] = re.findall(r'rel="prev"\s+href="\?(before=\d+)"', second.content.decode())

    assert first.content.count(b"<code>image.n") == PAGE
    assert second.content.count(b"<code>image.n") == 2
    assert b'rel="next"' not in second.content
    assert at_lab.get(f"/activity?{before}").content.count(b"<code>image.n") == PAGE


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries(
    at_lab: Client, make_image: MakeImage, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_image()

    with django_assert_num_queries(7):
        at_lab.get("/activity")


def test_json_lines_are_the_events_of_the_filter(
    at_lab: Client, make_image: MakeImage, owner: Actor
) -> None:
    image = make_image(name="a")
    update_image(image, [Change(Op.SET, "name", "b")], actor=owner)

    answer = at_lab.get("/activity.jsonl?kind=image.")

    _, event = [json.loads(line) for line in body(answer).splitlines()]
    assert (event["before"], event["after"]) == ({"name": "a"}, {"name": "b"})
    assert answer["Content-Disposition"] == 'attachment; filename="activity.jsonl"'
    assert "no-store" in answer["Cache-Control"]


def test_csv_holds_no_formula_and_no_second_line(at_lab: Client, owner: Actor) -> None:
    for user, address in (("=cmd|' /C calc'!A0", "+1"), ("\t=1", "-2"), ('a"\r\n=b', "@SUM(A1)")):
        Event.objects.create(kind="image.x", project=PROJECT, user=user, address=address)

    text = body(at_lab.get("/activity.csv?kind=image."))

    head, *found = csv.reader(io.StringIO(text))
    assert head == list(COLUMNS)
    assert [(row[3], row[7]) for row in found] == [
        ("'=cmd|' /C calc'!A0", "'+1"),
        ("\\t=1", "'-2"),
        ('a"\\r\\n=b', "'@SUM(A1)"),
    ]
    assert len(text.splitlines()) == 4


def test_file_of_many_events_takes_little_memory(at_lab: Client) -> None:
    filling = {"filling": "x" * 2000}
    times = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(12):
        Event.objects.bulk_create(
            Event(kind="image.x", project=PROJECT, payload=filling, created_at=times)
            for _ in range(500)
        )
    answer: Any = at_lab.get("/activity.jsonl?kind=image.")

    tracemalloc.start()
    count = sum(1 for _ in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 6000
    assert peak < 6 << 20  # of 13 MiB that the events are


def test_file_shows_nothing_that_the_page_does_not(at_farm: Client, make_image: MakeImage) -> None:
    make_image(visibility="community")

    assert body(at_farm.get("/activity.jsonl")) == ""


def test_image_shows_its_last_events_to_its_project_alone(
    at_lab: Client, at_farm: Client, make_image: MakeImage
) -> None:
    image = make_image(visibility="community")

    assert rows(at_lab.get(f"/images/{image.pk}/activity")) == ["image.create"]
    assert rows(at_farm.get(f"/images/{image.pk}/activity")) == []


def test_who_is_not_signed_in_signs_in_first(db: None) -> None:
    for path in ("/activity", "/activity.csv", "/activity.jsonl"):
        answer = Client().get(path, headers={"Accept": "text/html"})
        assert answer["Location"] == f"/accounts/login/?next={path}"


def test_events_in_the_admin_are_looked_at_only(root: Client, make_image: MakeImage) -> None:
    make_image()
    User.objects.filter(username="manager of lab").update(is_staff=True)
    event = Event.objects.get(kind="image.create")
    change = f"/admin/images/event/{event.pk}"

    assert root.get(f"/admin/images/event/?q={event.image_id}").status_code == 200
    assert root.post(f"{change}/change/", {"kind": "x"}).status_code == 403
    assert root.post(f"{change}/delete/", {"post": "yes"}).status_code == 403
    assert root.get("/admin/images/event/add/").status_code == 403
    event.refresh_from_db()
    assert event.kind == "image.create"


def test_lists_are_told_in_words() -> None:
    fact = {"before": None, "after": {"rights": ["view", "change"], "size": 3}}

    assert changes(fact) == [("rights", "–", "view, change"), ("size", "–", "3")]
