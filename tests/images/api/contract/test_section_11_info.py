"""What the service tells of itself to anybody who is logged in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door

pytestmark = pytest.mark.django_db


@pytest.mark.route("GET", "/v2/info/stores")
def test_stores_have_flags_as_texts_that_are_absent_when_false(
    reader_door: Door, settings: Any
) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.DEFAULT_STORE = "fast"
    settings.IMAGE_STORES = {
        "fast": memory | {"DESCRIPTION": "Fast"},
        "old": memory | {"OPTIONS": {"read_only": True}},
    }

    answer = reader_door.send("GET", "/info/stores")

    fast = {"id": "fast", "description": "Fast", "default": "true"}
    assert (answer.status_code, answer.json()) == (
        200,
        {"stores": [fast, {"id": "old", "read-only": "true"}]},
    )


@pytest.mark.route("GET", "/v2/info/import")
def test_import_methods_are_an_array(reader_door: Door) -> None:
    answer = reader_door.send("GET", "/info/import")

    methods = answer.json()["import-methods"]
    assert (answer.status_code, methods["type"], methods["value"]) == (200, "array", [])
