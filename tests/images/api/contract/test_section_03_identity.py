"""The image's id and its owner: who chooses them, who changes them."""

from __future__ import annotations

import pytest

from images.models import Image
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.api.door import Door

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.route("POST", "/v2/images"),
    pytest.mark.route("PATCH", "/v2/images/{image_id}"),
]

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize("identity", [UUID, UUID.upper()])
def test_id_is_the_clients_own(owner_door: Door, identity: str) -> None:
    """Kept in lower case, and found in either, as RFC 9562 has it; the reference keeps the case."""
    assert owner_door.create(id=identity).json()["id"] == UUID
    assert owner_door.show(identity).json()["id"] == UUID


@pytest.mark.parametrize(
    "form",
    [
        UUID.replace("-", ""),
        UUID.replace("-", "", 1),
        f"{{{UUID}}}",
        f"urn:uuid:{UUID}",
        UUID.replace("0", "\u0660"),
        UUID.replace("-4f89-", "_4f89_"),
    ],
)
def test_another_form_of_an_id_names_no_image(owner_door: Door, form: str) -> None:
    owner_door.create(id=UUID)

    assert owner_door.show(form).status_code == 404
    assert owner_door.send("PUT", f"/images/{form}/tags/a").status_code == 404
    assert owner_door.send("DELETE", f"/images/{form}").status_code == 404
    assert owner_door.get(f"/v2/images?marker={form}").status_code == 400
    assert owner_door.show(UUID).json()["tags"] == []


@pytest.mark.parametrize("identity", ["x", UUID.replace("-", ""), f"{{{UUID}}}", "", None, 1])
def test_id_that_is_malformed_is_400(owner_door: Door, identity: object) -> None:
    assert owner_door.create(id=identity).status_code == 400


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("who", ["owner_door", "stranger_door", "admin_door"])
def test_id_that_is_or_was_taken_is_409(
    request: pytest.FixtureRequest, owner_door: Door, who: str, *, deleted: bool
) -> None:
    owner_door.create(id=UUID)
    if deleted:
        owner_door.send("DELETE", f"/images/{UUID}")

    assert request.getfixturevalue(who).create(id=UUID).status_code == 409


@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_id_is_not_patched(make_image: MakeImage, owner_door: Door, op: str) -> None:
    operation = {"op": op, "path": "/id", "value": UUID}

    assert owner_door.change(make_image(), operation).status_code == 403


@pytest.mark.parametrize("op", ["add", "replace"])
@pytest.mark.parametrize(
    ("who", "project", "status"),
    [
        ("owner_door", PROJECT, 403),
        ("owner_door", OTHER, 403),
        ("owner_door", None, 403),
        ("admin_door", OTHER, 200),
        ("admin_door", None, 200),
    ],
)
def test_better_06_owner_is_given_away_by_administrators_alone(
    request: pytest.FixtureRequest,
    make_image: MakeImage,
    op: str,
    who: str,
    project: str | None,
    status: int,
) -> None:
    image = make_image()

    answer = request.getfixturevalue(who).change(
        image, {"op": op, "path": "/owner", "value": project}
    )

    assert answer.status_code == status
    assert Image.objects.get().owner == (project if status == 200 else PROJECT)
