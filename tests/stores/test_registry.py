from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from stores.backends.filesystem import FilesystemStore
from stores.backends.memory import MemoryStore
from stores.errors import UnknownStore
from stores.registry import all_stores, default_store_name, get_store


@pytest.fixture
def two_stores(settings: Settings, tmp_path: Path) -> None:
    """Configure a memory store, the default, and one of files."""
    settings.IMAGE_STORES = {
        "one": {"BACKEND": "stores.backends.memory.MemoryStore"},
        "two": {
            "BACKEND": "stores.backends.filesystem.FilesystemStore",
            "DESCRIPTION": "Files",
            "OPTIONS": {"path": str(tmp_path), "read_only": True},
        },
    }
    settings.DEFAULT_STORE = "one"


@pytest.mark.usefixtures("two_stores")
def test_stores_come_in_the_order_of_the_settings() -> None:
    assert [type(store) for store in all_stores().values()] == [MemoryStore, FilesystemStore]
    assert list(all_stores()) == ["one", "two"]


@pytest.mark.usefixtures("two_stores")
def test_store_has_what_the_settings_say() -> None:
    store = get_store("two")

    assert (store.name, store.description, store.read_only) == ("two", "Files", True)


@pytest.mark.usefixtures("two_stores")
def test_default_store_is_given_when_nobody_names_one() -> None:
    assert default_store_name() == "one"
    assert get_store() is get_store("one")


@pytest.mark.usefixtures("two_stores")
@pytest.mark.parametrize("name", ["three", "", "__class__"])
def test_store_that_is_not_configured_is_unknown(name: str) -> None:
    with pytest.raises(UnknownStore):
        get_store(name)


def test_stores_are_made_anew_when_settings_change(settings: Settings) -> None:
    entry: dict[str, Any] = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.IMAGE_STORES = {"one": entry}
    first = get_store("one")

    settings.IMAGE_STORES = {"one": entry | {"DESCRIPTION": "changed"}}

    assert (first.description, get_store("one").description) == ("", "changed")
