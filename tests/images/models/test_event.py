from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from images.lifecycle import retention
from images.lifecycle.retention import forget_events
from images.models import Event
from images.models.event import KeptAsWritten

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no say in it"
)


@pytest.fixture
def event() -> Event:
    """Return an event that was written."""
    return Event.objects.create(kind="image.test", payload={"a": 1})


def written(days: float) -> Event:
    """Return an event of so many days ago."""
    time = timezone.now() - timedelta(days=days)
    return Event.objects.create(kind="image.test", created_at=time)


def test_what_an_event_tells_is_not_saved_again(event: Event) -> None:
    event.kind = "image.other"

    with pytest.raises(KeptAsWritten):
        event.save()
    with pytest.raises(KeptAsWritten):
        event.save(update_fields=["kind", "delivered_at"])
    with pytest.raises(KeptAsWritten):
        Event.objects.filter(pk=event.pk).update(kind="image.other")
    with pytest.raises(KeptAsWritten), transaction.atomic():
        Event.objects.bulk_update([event], ["kind"])

    assert Event.objects.get().kind == "image.test"


def test_event_is_not_deleted(event: Event) -> None:
    with pytest.raises(KeptAsWritten):
        event.delete()
    with pytest.raises(KeptAsWritten):
        Event.objects.all().delete()

    assert Event.objects.get() == event


def test_delivery_may_be_marked(event: Event) -> None:
    now = timezone.now()

    Event.objects.filter(pk=event.pk).update(delivered_at=now)
    event.delivered_at = now + timedelta(seconds=1)
    event.save(update_fields=["delivered_at"])

    assert Event.objects.get().delivered_at == event.delivered_at


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE images_event SET kind = 'x'",
        "UPDATE images_event SET payload = '{}', delivered_at = now()",
        "UPDATE images_event SET \"before\" = '{}'",
        "UPDATE images_event SET created_at = now()",
        "UPDATE images_event SET address = ''",
        "DELETE FROM images_event",
    ],
)
def test_database_itself_refuses(event: Event, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="kept as they were written"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.get().payload == {"a": 1}


@on_postgresql
def test_database_refuses_again_after_what_was_over_is_gone(event: Event) -> None:
    written(days=401)
    forget_events()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM images_event")


def test_what_was_kept_long_enough_goes_the_oldest_first(settings: Any, monkeypatch: Any) -> None:
    settings.AUDIT_DAYS = 10
    _, old, fresh = written(12), written(11), written(9.9)
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "BATCHES", 1)

    assert forget_events() == 1
    assert [*Event.objects.all()] == [old, fresh]

    monkeypatch.setattr(retention, "BATCHES", 10)
    assert forget_events() == 1
    assert [*Event.objects.all()] == [fresh]
