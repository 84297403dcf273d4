from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from images.actors import Actor
from images.errors import NotVisible
from images.lifecycle.data import receiving
from images.lifecycle.trash import (
    discard_image,
    purge_due,
    purge_image,
    restore_image,
    trash_image,
)
from images.models import Event, Image, Location, Trashed
from quotas.models import Usage
from quotas.reconciliation import differences
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage
from tests.threads import THREADS, at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def refused(results: list[Any]) -> int:
    return sum(isinstance(result, NotVisible) for result in results)


def told(image: Image, kind: str) -> int:
    return Event.objects.filter(image_id=image.pk, kind=kind).count()


def test_image_goes_to_the_trash_once(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()

    results = at_once(lambda _: trash_image(image, actor=owner))

    assert (refused(results), told(image, "image.trash")) == (THREADS - 1, 1)


def test_of_many_who_delete_it_for_good_one_does(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()
    trash_image(image, actor=owner)
    Trashed.objects.update(trashed_at=timezone.now() - timedelta(days=8))

    results = at_once(lambda number: purge_due() if number % 2 else purge_image(image, actor=owner))

    by_people = THREADS // 2 - refused(results[::2])
    assert by_people + sum(results[1::2]) == 1
    assert (told(image, "image.delete"), Location.objects.count()) == (1, 0)
    assert (Usage.objects.get().images, list(differences())) == (0, [])


def test_restored_or_gone_and_never_both(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(b"bytes")
    trash_image(image, actor=owner)

    results = at_once(lambda number: (restore_image, purge_image)[number % 2](image, actor=owner))

    is_back = Image.objects.filter(pk=image.pk).exists()
    assert refused(results) == THREADS - 1
    assert [told(image, kind) for kind in ("image.restore", "image.delete")] == [
        is_back,
        not is_back,
    ]
    assert (str(image.pk) in list(get_store().keys())) == is_back
    bill = Usage.objects.get(project=PROJECT)
    assert (bill.images, bill.used) == ((1, 5) if is_back else (0, 0))
    assert list(differences()) == []


def test_uploads_and_the_trash_leave_nothing_half(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    def act(number: int) -> None:
        if number % 2:
            discard_image(image, actor=owner)
        else:
            with receiving(image, actor=owner) as session:
                session.fill([b"some bytes"])

    at_once(act)

    lies = Trashed.objects.filter(pk=image.pk).first()
    has_bytes = str(image.pk) in list(get_store().keys())
    assert has_bytes == bool(lies and lies.status == "active")
    assert Location.objects.count() == int(has_bytes)
    assert list(differences()) == []


def test_the_release_before_finds_everything_restored(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()
    trash_image(image, actor=owner)

    try:
        call_command("migrate", "images", "0012", verbosity=0)
        back = Image.objects.get(pk=image.pk)
    finally:
        call_command("migrate", verbosity=0)

    assert (back.status, back.deleted_at) == ("active", None)
    assert (Trashed.objects.count(), list(differences())) == (0, [])
