"""Fields that nobody may set, by every act that could set one: refused, and unchanged."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.faults.site import Site, noise, on_files

pytestmark = on_files
PATCH = "application/openstack-images-v2.1-json-patch"
VALUES: dict[str, object] = {
    "status": "active",
    "size": 1,
    "checksum": "0" * 32,
    "os_hash_algo": "md5",
    "os_hash_value": "0" * 128,
    "virtual_size": 1,
    "created_at": "2001-01-01T00:00:00Z",
    "updated_at": "2001-01-01T00:00:00Z",
    "locations": [{"url": "file:///etc/passwd", "metadata": {}}],
    "direct_url": "file:///etc/passwd",
    "stores": "file",
    "self": "/v2/images/1",
    "file": "/v2/images/1/file",
    "schema": "/v2/schemas/other",
    "deleted": True,
    "os_glance_importing_to_stores": "file",
}


@pytest.mark.parametrize("name", VALUES)
def test_new_image_cannot_bring_the_field(site: Site, name: str) -> None:
    body = {"disk_format": "raw", "container_format": "bare", name: VALUES[name]}

    answer = site.call("POST", "/v2/images", json.dumps(body).encode())

    assert answer.status in {400, 403}


@pytest.mark.parametrize("op", ["add", "replace", "remove"])
@pytest.mark.parametrize("name", ["id", *VALUES])
def test_patch_cannot_touch_the_field(site: Site, name: str, op: str) -> None:
    image = site.create_image()
    site.put(image, noise(10))
    before, events = site.image(image), site.events(image)
    value = {} if op == "remove" else {"value": VALUES.get(name, str(uuid.uuid4()))}
    patch = [{"op": op, "path": f"/{name}", **value}]

    answer = site.call(
        "PATCH", f"/v2/images/{image}", json.dumps(patch).encode(), Content_Type=PATCH
    )

    assert answer.status in {400, 403, 409}
    assert (site.image(image), site.events(image)) == (before, events)


@pytest.mark.parametrize("op", ["add", "replace"])
def test_member_cannot_give_the_image_away(site: Site, op: str) -> None:
    image = site.create_image()
    before = site.image(image)
    patch = [{"op": op, "path": "/owner", "value": "f" * 32}]

    answer = site.call(
        "PATCH", f"/v2/images/{image}", json.dumps(patch).encode(), Content_Type=PATCH
    )

    assert answer.status == 403
    assert site.image(image) == before


def test_new_image_cannot_belong_to_others_nor_take_an_id(site: Site) -> None:
    image = site.create_image()

    owned = site.call("POST", "/v2/images", json.dumps({"owner": "f" * 32}).encode())
    taken = site.call("POST", "/v2/images", json.dumps({"id": image}).encode())

    assert (owned.status, taken.status) == (403, 409)
