"""Schemas: the documents from which clients build their models."""

from __future__ import annotations

import pytest

from tests.images.api.door import Door

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/v2/schemas/{name}")]


@pytest.mark.parametrize("name", ["image", "images", "member", "members"])
def test_schema_is_200_for_anybody_who_is_logged_in(reader_door: Door, name: str) -> None:
    answer = reader_door.send("GET", f"/schemas/{name}")

    assert (answer.status_code, answer.json()["name"]) == (200, name)


def test_unknown_schema_is_404(reader_door: Door) -> None:
    assert reader_door.send("GET", "/schemas/nothing").status_code == 404
