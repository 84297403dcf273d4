"""Names that only the service sets, by every way of asking: a refusal, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.api.representation import show_image
from images.models import Event, Image
from tests.conftest import MakeImage
from tests.images.api.door import V20, V21, Door

pytestmark = pytest.mark.django_db

FORGED: dict[str, Any] = {
    "status": "active",
    "size": 1,
    "virtual_size": 1,
    "checksum": "c" * 32,
    "os_hash_algo": "md5",
    "os_hash_value": "c" * 32,
    "created_at": "2000-01-01T00:00:00Z",
    "updated_at": "2000-01-01T00:00:00Z",
    "direct_url": "file:///etc/passwd",
    "locations": [{"url": "file:///etc/passwd", "metadata": {}}],
    "stores": "other",
    "self": "/v2/images/x",
    "file": "/v2/images/x/file",
    "schema": "/v2/schemas/x",
    "location": "file:///etc/passwd",
    "deleted": "true",
    "deleted_at": "2000-01-01T00:00:00Z",
    "os_glance_import_task": "x",
    "os_glance_importing_to_stores": "x",
    "os_glance_failed_import": "x",
    "os_glance_stage_host": "x",
    "os_glance": "x",
}


@pytest.mark.parametrize("who", ["owner_door", "admin_door"])
@pytest.mark.parametrize(("name", "value"), FORGED.items())
def test_nobody_creates_an_image_with_it(
    request: pytest.FixtureRequest, who: str, name: str, value: Any
) -> None:
    answer = request.getfixturevalue(who).send("POST", "/images", {name: value})

    assert (answer.status_code, Image.remembered.count()) == (403, 0)


@pytest.mark.parametrize("who", ["owner_door", "admin_door"])
@pytest.mark.parametrize("dialect", [V20, V21])
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
@pytest.mark.parametrize(("name", "value"), [*FORGED.items(), ("id", "x")])
def test_nobody_patches_it(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    owner: Actor,
    who: str,
    dialect: str,
    op: str,
    name: str,
    value: Any,
) -> None:
    image = make_active(properties={"k": "v"})
    before, events = show_image(image, owner), Event.objects.count()
    path = f"/{name}"
    operation = {op: path} if dialect == V20 else {"op": op, "path": path}

    answer = request.getfixturevalue(who).change(
        image, operation | {"value": value}, dialect=dialect
    )

    assert answer.status_code == 403
    assert show_image(Image.objects.get(pk=image.pk), owner) == before
    assert Event.objects.count() == events


def test_name_of_a_field_is_a_property_in_another_case(owner_door: Door) -> None:
    shown = owner_door.create(Status="x", ID="y").json()

    assert (shown["Status"], shown["ID"], shown["status"]) == ("x", "y", "queued")
