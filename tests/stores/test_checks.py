from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from stores.checks import check_stores

MEMORY = {"BACKEND": "stores.backends.memory.MemoryStore"}
FILES = "stores.backends.filesystem.FilesystemStore"


def ids(settings: Settings, entry: dict[str, Any]) -> list[str | None]:
    settings.IMAGE_STORES = {"one": entry}
    settings.DEFAULT_STORE = "one"
    return [message.id for message in check_stores(None)]


def test_good_settings_pass(settings: Settings) -> None:
    assert ids(settings, MEMORY) == []


def test_default_must_be_a_store(settings: Settings) -> None:
    settings.IMAGE_STORES = {"one": MEMORY}
    settings.DEFAULT_STORE = "two"

    assert [message.id for message in check_stores(None)] == ["stores.E001"]


@pytest.mark.parametrize(
    "entry",
    [
        {"BACKEND": "stores.backends.nowhere.Store"},
        {"BACKEND": "stores.backends.memory.NoSuchStore"},
        {"BACKEND": FILES},
        {"BACKEND": FILES, "OPTIONS": {"path": "/tmp", "colour": "red"}},
        {},
    ],
)
def test_backend_must_be_makeable(settings: Settings, entry: dict[str, Any]) -> None:
    assert ids(settings, entry) == ["stores.E002"]


def test_folder_must_have_a_parent(settings: Settings, tmp_path: Path) -> None:
    entry = {"BACKEND": FILES, "OPTIONS": {"path": str(tmp_path / "no" / "such")}}

    assert ids(settings, entry) == ["stores.E010"]


def test_folder_must_be_writable(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere

    assert ids(settings, {"BACKEND": FILES, "OPTIONS": {"path": str(tmp_path)}}) == ["stores.E011"]
