from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from images.actors import Actor
from images.lifecycle.data import _begin, receiving
from images.lifecycle.undo import abandon, reap
from images.models import Event, Image, Location
from quotas.models import Usage
from stores.backends.memory import MemoryStore
from stores.errors import StoreDown
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage

pytestmark = pytest.mark.django_db

Leave = Callable[..., Location]


class Away(MemoryStore):
    """A store that does not answer, whatever it is asked."""

    asked: ClassVar[list[str]] = []

    def delete(self, key: str) -> None:
        self.asked.append(key)
        raise StoreDown("It does not answer.")


@pytest.fixture
def leave(make_image: MakeImage, owner: Actor) -> Leave:
    """Return a maker of uploads whose worker died: state and bytes as it left them."""

    def make(*, silent_for: float = 3600, **fields: Any) -> Location:
        attempt = _begin(make_image(**fields), actor=owner, size=5, store=get_store())
        attempt.store.create(attempt.location.key, 5).write(b"12")
        Location.objects.update(heartbeat_at=Now() - timedelta(seconds=silent_for))
        return attempt.location

    return make


def test_reaped_image_waits_for_data_again(leave: Leave) -> None:
    location = leave()

    assert reap() == 1

    assert Image.objects.get(pk=location.image_id).status == "queued"
    assert Location.objects.count() == 0
    assert location.key not in list(get_store().keys())
    assert Usage.objects.get(project=PROJECT).reserved == 0
    assert Event.objects.latest("pk").kind == "image.upload_abandoned"


def test_reaped_image_can_be_uploaded_again(leave: Leave, owner: Actor) -> None:
    image = leave().image
    reap()

    with receiving(image, actor=owner) as session:
        session.fill([b"12345"])

    assert Image.objects.get(pk=image.pk).status == "active"


def test_living_upload_is_not_reaped(leave: Leave) -> None:
    location = leave(silent_for=5)

    assert reap() == 0

    assert Image.objects.get(pk=location.image_id).status == "saving"
    assert location.key in list(get_store().keys())


def test_finished_upload_is_never_abandoned(make_active: MakeImage) -> None:
    image = make_active()
    Location.objects.update(heartbeat_at=Now() - timedelta(days=1))

    abandon(image, Location.objects.all())

    assert (reap(), Image.objects.get(pk=image.pk).status) == (0, "active")
    assert str(image.pk) in list(get_store().keys())


def test_abandon_twice_releases_once(leave: Leave) -> None:
    location = leave()

    for _ in range(2):
        abandon(location.image, Location.objects.filter(pk=location.pk))

    assert Event.objects.filter(kind="image.upload_abandoned").count() == 1
    assert Location.objects.get().status == "deleting"


def test_object_that_is_being_removed_is_left_to_its_remover(leave: Leave) -> None:
    location = leave()
    abandon(location.image, Location.objects.all())
    Location.objects.update(heartbeat_at=Now())

    assert reap() == 0


def test_object_that_cannot_be_removed_does_not_stop_the_others(
    leave: Leave, make_active: MakeImage
) -> None:
    stuck = make_active()
    store = get_store()
    assert isinstance(store, MemoryStore)
    store.pin(str(stuck.pk))
    stuck.locations.update(status="deleting", heartbeat_at=None)
    leave()

    assert reap() == 1

    assert [location.image_id for location in Location.objects.all()] == [stuck.pk]


def test_store_that_does_not_answer_is_asked_once_a_round(
    leave: Leave, make_active: MakeImage, settings: Any
) -> None:
    settings.IMAGE_STORES = settings.IMAGE_STORES | {
        "away": {"BACKEND": f"{__name__}.Away", "OPTIONS": {}}
    }
    for _ in range(3):
        make_active().locations.update(store="away", status="deleting", heartbeat_at=None)
    leave()
    Away.asked.clear()

    assert reap() == 1

    assert (len(Away.asked), Location.objects.removable().count()) == (1, 2)


def test_store_that_only_serves_does_not_stop_the_reaper(
    make_active: MakeImage, settings: Any
) -> None:
    stuck = make_active()
    stuck.locations.update(status="deleting", heartbeat_at=None)
    settings.IMAGE_STORES = {
        "memory": settings.IMAGE_STORES["memory"] | {"OPTIONS": {"read_only": True}}
    }

    assert reap() == 0

    assert stuck.locations.count() == 1


def test_reap_command_says_how_many(leave: Leave, capsys: pytest.CaptureFixture[str]) -> None:
    leave()

    call_command("reap")

    assert capsys.readouterr().out == "1 objects removed\n"
