"""Versions and discovery."""

from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door

ROOT, UNKNOWN = "/v2/", "/v[0-9][/]"
NEWEST = 18


@pytest.fixture(autouse=True)
def public_url(settings: Any) -> None:
    settings.PUBLIC_URL = "https://cloud.example/prefix"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_root_answers_the_versions_to_any_method_without_a_token(
    closed_door: Door, method: str
) -> None:
    answer = closed_door.generic(method, "/")

    assert (answer.status_code, answer.headers["Content-Type"]) == (300, "application/json")
    assert [*answer.json()] == ["versions"]


@pytest.mark.route("GET", "/versions")
@pytest.mark.route("GET", "/versions/")
@pytest.mark.parametrize("path", ["/versions", "/versions/"])
def test_versions_are_the_same_document_with_200(closed_door: Door, path: str) -> None:
    answer = closed_door.get(path)

    assert (answer.status_code, answer.json()) == (200, closed_door.get("/").json())


@pytest.mark.route("GET", UNKNOWN)
@pytest.mark.parametrize("path", ["/v1", "/v1/images", "/v2.19/images", "/v2.99/images", "/v3/x/y"])
def test_unknown_version_answers_the_versions_with_300(closed_door: Door, path: str) -> None:
    answer = closed_door.get(path)

    assert (answer.status_code, answer.json()) == (300, closed_door.get("/").json())


@pytest.mark.parametrize("path", ["/images", "/schemas/image"])
def test_path_without_a_version_is_not_the_apis(closed_door: Door, path: str) -> None:
    assert closed_door.get(path).status_code != 300


@pytest.mark.route("GET", ROOT)
@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2.0", "/v2.18/"])
def test_better_01_version_without_a_rest_answers_the_versions(
    closed_door: Door, path: str
) -> None:
    answer = closed_door.get(path)

    assert (answer.status_code, answer.json()) == (200, closed_door.get("/").json())


@pytest.mark.route("GET", "/v2/images")
@pytest.mark.parametrize("minor", range(NEWEST + 1))
def test_every_minor_is_a_name_and_not_a_behaviour(db: None, owner_door: Door, minor: int) -> None:
    assert owner_door.get(f"/v2.{minor}/images").json() == owner_door.get("/v2/images").json()


@pytest.mark.route("GET", "/healthcheck")
def test_healthcheck_is_ok_without_a_token(closed_door: Door) -> None:
    answer = closed_door.get("/healthcheck")

    assert (answer.status_code, answer.content) == (200, b"OK")


def test_href_is_the_public_endpoint_and_identical_for_every_minor(closed_door: Door) -> None:
    versions = closed_door.get("/").json()["versions"]

    link = {"rel": "self", "href": "https://cloud.example/prefix/v2/"}
    assert [version["links"] for version in versions] == [[link]] * (NEWEST + 1)


def test_ids_descend_and_the_newest_is_current(closed_door: Door) -> None:
    versions = closed_door.get("/").json()["versions"]

    assert [version["id"] for version in versions] == [f"v2.{n}" for n in range(NEWEST, -1, -1)]
    assert [version["status"] for version in versions] == ["CURRENT"] + ["SUPPORTED"] * NEWEST
