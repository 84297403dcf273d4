from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probe_is_200_while_all_parts_answer(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert set(answer.json().values()) == {"OK"}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthcheck"])
def test_probe_is_only_read(address: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(address).status_code == 405


def test_store_that_is_gone_is_named_without_a_reason(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    gone = {"path": str(tmp_path / "not" / "there")}
    backend = "stores.backends.filesystem.FilesystemStore"
    settings.IMAGE_STORES = {"file": {"BACKEND": backend, "OPTIONS": gone}}
    settings.DEFAULT_STORE = "file"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "OK", "default store": "does not answer"}


def test_process_is_healthy_without_its_store(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    gone = {"path": str(tmp_path / "not" / "there")}
    backend = "stores.backends.filesystem.FilesystemStore"
    settings.IMAGE_STORES = {"file": {"BACKEND": backend, "OPTIONS": gone}}
    settings.DEFAULT_STORE = "file"

    assert client.get("/healthz").status_code == 200
