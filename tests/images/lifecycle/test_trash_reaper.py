from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from images.actors import NOBODY, Actor
from images.errors import WrongState
from images.lifecycle import trash
from images.lifecycle.trash import _demand_due, _purge, purge_due, restore_image, trash_image
from images.models import Event, Image, Trashed
from portal.identity.models import Project
from stores.backends.memory import MemoryStore
from stores.errors import StoreDown
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage

pytestmark = pytest.mark.django_db


class Away(MemoryStore):
    """A store that does not answer, whatever it is asked."""

    asked: ClassVar[list[str]] = []

    def in_use(self, key: str) -> bool:
        self.asked.append(key)
        raise StoreDown("It does not answer.")


def age(image: Image, **since: float) -> None:
    """Let *image* have lain in the trash for so long."""
    Trashed.objects.filter(pk=image.pk).update(trashed_at=timezone.now() - timedelta(**since))


def test_reaper_deletes_what_has_lain_there_for_its_days(
    make_active: MakeImage, owner: Actor, settings: Any
) -> None:
    young, old = make_active(), make_active()
    for image in (young, old):
        trash_image(image, actor=owner)
    age(old, days=7)
    age(young, days=6.99)

    assert purge_due() == 1

    assert [one.image for one in Trashed.objects.all()] == [young]
    told = Event.objects.filter(image_id=old.pk).latest("pk")
    assert (told.kind, told.user) == ("image.delete", "")
    settings.TRASH_DAYS = 0
    assert (purge_due(), Trashed.objects.count()) == (1, 0)


def test_reaper_leaves_what_is_in_use_and_does_not_ask_each_round(
    make_active: MakeImage, owner: Actor
) -> None:
    image, store = make_active(), get_store()
    assert isinstance(store, MemoryStore)
    trash_image(image, actor=owner)
    age(image, days=8)
    store.pin(str(image.pk))
    assert purge_due() == 0
    store.unpin(str(image.pk))

    rounds = [purge_due()]
    Trashed.objects.update(tried_at=timezone.now() - timedelta(minutes=10))
    rounds.append(purge_due())

    assert rounds == [0, 1]


def test_a_store_that_does_not_answer_keeps_no_other_image(
    make_active: MakeImage, owner: Actor, settings: Any
) -> None:
    away = {"BACKEND": f"{__name__}.Away", "OPTIONS": {}}
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"away": away}
    first, second = make_active(), make_active()
    first.locations.update(store="away")
    for image in (first, second):
        trash_image(image, actor=owner)
        age(image, days=8)

    assert purge_due() == 1
    assert Trashed.objects.get().image == first


def test_a_store_that_does_not_answer_is_asked_once_a_round(
    make_active: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_STORES = settings.IMAGE_STORES | {
        "away": {"BACKEND": f"{__name__}.Away", "OPTIONS": {}}
    }
    images = [make_active() for _ in range(3)]
    for image in images[:2]:
        image.locations.update(store="away")
    for image in images:
        trash_image(image, actor=owner)
        age(image, days=8)
    Away.asked.clear()

    assert purge_due() == 1

    assert Away.asked == [str(images[0].pk)]
    assert Trashed.objects.untried().count() == 1


def test_rounds_go_on_where_the_last_one_ended(
    make_image: MakeImage, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "BATCH", 2)
    images = [make_image() for _ in range(3)]
    for days, image in enumerate(images, start=8):
        trash_image(image, actor=owner)
        age(image, days=days)

    rounds = [(purge_due(), [one.image for one in Trashed.objects.all()]) for _ in range(2)]

    assert rounds == [(2, [images[0]]), (1, [])]


def test_what_was_restored_and_moved_again_has_its_days_again(
    make_active: MakeImage, owner: Actor
) -> None:
    image = make_active()
    trash_image(image, actor=owner)
    age(image, days=8)
    restore_image(image, actor=owner)
    trash_image(image, actor=owner)

    assert (purge_due(), Trashed.objects.count()) == (0, 1)


def test_the_reaper_does_it_also_for_a_suspended_project_and_for_none(
    make_active: MakeImage, owner: Actor, admin: Actor
) -> None:
    group = Group.objects.create(name="lab")
    Project.objects.create(pk=PROJECT, name="lab", group=group, enabled=False)
    for image in (make_active(), make_active(owner=None, actor=admin)):
        trash_image(image, actor=admin)
        age(image, days=8)

    call_command("reap")

    assert Trashed.objects.count() == 0
    assert Event.objects.filter(kind="image.delete").count() == 2


def test_what_came_back_while_stores_were_asked_is_not_deleted(
    make_active: MakeImage, owner: Actor
) -> None:
    image = make_active()
    trash_image(image, actor=owner)

    with pytest.raises(WrongState, match="not over"):
        _purge(image.pk, NOBODY, _demand_due)

    assert Trashed.objects.count() == 1
