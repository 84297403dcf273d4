from __future__ import annotations

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from images.lifecycle.probes import probing
from images.lifecycle.whereabouts import discrepancies
from images.models import Probe
from stores.backends.memory import MemoryStore
from stores.base import Store
from stores.errors import StoreDown
from stores.registry import get_store
from tests.stores.conftest import SETTINGS

pytestmark = pytest.mark.django_db

BACKENDS = {
    "memory": "stores.backends.memory.MemoryStore",
    "files": "stores.backends.filesystem.FilesystemStore",
    "rbd": "stores.backends.rbd.RbdStore",
}


@pytest.fixture(params=["memory", "files", pytest.param("rbd", marks=pytest.mark.ceph)])
def store(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Store:
    """Return the only store, of each kind in turn."""
    options: dict[str, str] = {}
    if request.param == "files":
        options = {"path": str(tmp_path)}
    elif request.param == "rbd":
        options = {name: os.environ[f"VITRINE_TEST_CEPH_{name.upper()}"] for name in SETTINGS}
    settings.IMAGE_STORES = {"tried": {"BACKEND": BACKENDS[request.param], "OPTIONS": options}}
    return get_store("tried")


def leave(store: Store, *, minutes: int) -> str:
    """Leave in *store* what a worker that died so long ago left; return the object's key."""
    key = f"{uuid.uuid4()}.{uuid.uuid4().hex}"
    Probe.objects.create(key=key, store=store.name, tried_at=Now() - timedelta(minutes=minutes))
    writer = store.create(key, 5)
    writer.write(b"12")
    writer.suspend()
    return key


def test_row_is_there_before_the_object_and_both_go(store: Store) -> None:
    with probing(store) as key:
        assert (Probe.objects.get().key, key in set(store.keys())) == (key, False)
        store.create(key, None).seal()

    assert (Probe.objects.count(), key in set(store.keys())) == (0, False)


def test_what_a_dead_worker_left_goes_with_its_row(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    old, young = leave(store, minutes=11), leave(store, minutes=9)

    call_command("reap")

    assert capsys.readouterr().out == "1 objects removed\n"
    assert (old in set(store.keys()), young in set(store.keys())) == (False, True)
    assert [probe.key for probe in Probe.objects.all()] == [young]
    store.delete(young)


def test_object_that_cannot_be_removed_keeps_its_row_and_is_tried_later(
    empty_store: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = get_store()
    with monkeypatch.context() as away:
        away.setattr(MemoryStore, "delete", refuse)
        with pytest.raises(StoreDown), probing(store) as key:
            store.create(key, None).seal()
        Probe.objects.update(tried_at=Now() - timedelta(hours=1))
        call_command("reap")
    call_command("reap")
    rested = Probe.objects.get().key
    Probe.objects.update(tried_at=Now() - timedelta(minutes=10))

    call_command("reap")

    assert (rested, Probe.objects.count(), [*store.keys()]) == (key, 0, [])


def refuse(store: Store, key: str) -> None:
    raise StoreDown("It does not answer.")


def test_object_of_a_probe_is_somebodys(empty_store: None) -> None:
    with probing(get_store()) as key:
        get_store().create(key, None).seal()

        assert list(discrepancies()) == []
