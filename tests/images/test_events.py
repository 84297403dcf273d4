from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from images.actors import Actor
from images.events import record, record_data
from images.models import Event, Property
from tests.conftest import PROJECT, MakeImage


def test_record_writes_who_did_what_to_which_image(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(name="first")

    record("image.test", image, replace(owner, request_id="req-1"), more="said")

    event = Event.objects.get(kind="image.test")
    assert (event.image_id, event.project) == (image.pk, PROJECT)
    assert (event.user, event.request_id, event.delivered_at) == (owner.user, "req-1", None)
    assert (event.payload["name"], event.payload["more"]) == ("first", "said")


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
