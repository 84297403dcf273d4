from __future__ import annotations

from typing import Any

import pytest

from tests.images.api.door import Door

DOCUMENT = {
    "versions": [
        {
            "id": f"v2.{minor}",
            "status": "CURRENT" if minor == 18 else "SUPPORTED",
            "links": [{"rel": "self", "href": "https://cloud.example/v2/"}],
        }
        for minor in range(18, -1, -1)
    ]
}


@pytest.fixture(autouse=True)
def public_url(settings: Any) -> None:
    settings.PUBLIC_URL = "https://cloud.example"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 300),
        ("/versions", 200),
        ("/versions/", 200),
        ("/v2", 200),
        ("/v2/", 200),
        ("/v2.7", 200),
        ("/v2.18/", 200),
        ("/v1", 300),
        ("/v1/images", 300),
        ("/v2.99/images", 300),
        ("/v2.019/images", 300),
        ("/v3/", 300),
        ("/v1/a\nb", 300),
    ],
)
def test_versions_are_shown_to_anybody(closed_door: Door, path: str, status: int) -> None:
    answer = closed_door.get(path)

    assert (answer.status_code, answer.json()) == (status, DOCUMENT)
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/", "/v1/images", "/versions"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "REQUEST"])
def test_versions_are_answered_to_any_method(path: str, method: str) -> None:
    answer = Door(None).generic(method, path)

    assert (answer.status_code, answer.json()) == (200 if path == "/versions" else 300, DOCUMENT)


def test_versions_answer_to_a_stranger_without_a_csrf_token() -> None:
    strict = Door()
    strict.handler.enforce_csrf_checks = True

    assert strict.post("/").status_code == 300


@pytest.mark.parametrize("minor", ["v2", "v2.0", "v2.9", "v2.18"])
def test_minors_are_names_and_not_behaviours(db: None, owner_door: Door, minor: str) -> None:
    assert owner_door.get(f"/{minor}/images").json()["images"] == []


def test_healthcheck_is_ok(closed_door: Door) -> None:
    answer = closed_door.get("/healthcheck")

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (
        200,
        b"OK",
        "text/plain",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/v2/images/",
        "/v2/images//file",
        "/v2/nothing",
        "/v2/images/x/nothing",
        "/v2/images/x/tags",
        "/v2/images/x/actions/explode",
        "/v2/images/x/file/",
        "/v2/images/x/tags/a/b",
        "/v2/images/x/tags/a%2Fb",
        "/v2/images/x/members/",
        "/v2/schemas/",
        "/v2/schemas/nothing",
        "/v2/schemas/image/",
        "/v2/a%0Ab",
        "/v2/images%0A",
        "/v2//images",
        "/v2/cache",
        "/v2/images/x/stage",
    ],
)
def test_unknown_path_is_absent_for_who_is_logged_in(
    db: None, closed_door: Door, owner_door: Door, path: str
) -> None:
    assert closed_door.get(path).status_code == 401
    assert owner_door.get(path).status_code == 404
    assert owner_door.post(path).status_code in {404, 405}


def test_stores_are_listed_with_flags_as_texts(owner_door: Door, settings: Any) -> None:
    memory = {"BACKEND": "stores.backends.memory.MemoryStore"}
    settings.DEFAULT_STORE = "fast"
    settings.IMAGE_STORES = {
        "fast": memory | {"DESCRIPTION": "Fast"},
        "slow": memory,
        "old": memory | {"OPTIONS": {"read_only": True}},
    }

    answer = owner_door.send("GET", "/info/stores")

    assert answer.json() == {
        "stores": [
            {"id": "fast", "description": "Fast", "default": "true"},
            {"id": "slow"},
            {"id": "old", "read-only": "true"},
        ]
    }


def test_there_are_no_import_methods_yet(owner_door: Door) -> None:
    answer = owner_door.send("GET", "/info/import")

    assert answer.json()["import-methods"]["type"] == "array"
    assert answer.json()["import-methods"]["value"] == []


@pytest.mark.parametrize("name", ["image", "images", "member", "members"])
def test_schema_is_shown_to_who_is_logged_in(
    closed_door: Door, owner_door: Door, name: str
) -> None:
    path = f"/schemas/{name}"

    assert closed_door.send("GET", path).status_code == 401
    assert owner_door.send("GET", path).json()["name"] == name
    assert owner_door.send("POST", path, {}).status_code == 405
