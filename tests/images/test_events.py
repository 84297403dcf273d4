from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from images.actors import Actor
from images.events import record
from images.models import Event
from tests.conftest import PROJECT, MakeImage


def test_record_writes_who_did_what_to_which_image(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="first")

    event = record("image.test", image, replace(owner, request_id="req-1"), store="memory")

    event.refresh_from_db()
    assert (event.kind, event.image_id, event.project) == ("image.test", image.pk, PROJECT)
    assert (event.user, event.request_id, event.delivered_at) == (owner.user, "req-1", None)
    assert event.payload == {
        "name": "first",
        "status": "queued",
        "owner": PROJECT,
        "visibility": "shared",
        "protected": False,
        "size": None,
        "virtual_size": None,
        "checksum": None,
        "disk_format": "raw",
        "container_format": "bare",
        "min_disk": 0,
        "min_ram": 0,
        "store": "memory",
    }


def test_event_of_an_act_that_fails_is_none(make_image: MakeImage) -> None:
    image = make_image()

    with transaction.atomic():
        record("image.test", image)
        transaction.set_rollback(True)

    assert [str(event) for event in Event.objects.all()] == [f"image.create {image.pk}"]
