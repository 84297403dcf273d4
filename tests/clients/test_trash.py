"""Where the operator sends deletions to the trash, clients see what they see elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from openstack.exceptions import NotFoundException

from tests.clients.clouds import BARE, Cloud, open_cloud, rbd
from tests.clients.conftest import image_proxy
from tests.clients.people import Person

POOL = os.environ.get("VITRINE_TEST_CEPH_POOL", "")
pytestmark = pytest.mark.ceph

LYING = """
import json
from images.models import Trashed
print(json.dumps([[str(one.pk), one.status] for one in Trashed.objects.in_order()]))
"""
GONE = """
from images.lifecycle.trash import purge_due
from images.models import Trashed
from django.db.models.functions import Now
from datetime import timedelta
Trashed.objects.update(trashed_at=Now() - timedelta(days=8), tried_at=None)
print(purge_due())
"""


@pytest.fixture(scope="module")
def trashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A service with RBD, whose Image API moves to the trash."""
    folder = tmp_path_factory.mktemp("trashing")
    with open_cloud("rbd", folder, VITRINE_API_DELETE_TO_TRASH="true") as cloud:
        yield cloud


@pytest.fixture(scope="module")
def ada(trashing: Cloud) -> Person:
    return trashing.home_of("alice")


def lying(cloud: Cloud) -> list[list[str]]:
    """Return id and status of what lies in the trash, the newest first."""
    found: list[list[str]] = json.loads(cloud.server.run(LYING))
    return found


def test_clients_delete_as_ever_and_clones_hold_the_bytes(trashing: Cloud, ada: Person) -> None:
    with ada.connect() as connection:
        sdk = image_proxy(connection)
        image = sdk.create_image("cloned", data=b"bytes of a disk", wait=True, **BARE)
        empty = sdk.create_image("empty", **BARE)
        rbd("clone", f"{image.id}@snap", f"{POOL}/{image.id}_disk")

        sdk.delete_image(image.id, ignore_missing=False)
        ada.openstack("image", "delete", empty.id)

        with pytest.raises(NotFoundException):
            sdk.get_image(image.id)
        assert [one.id for one in sdk.images()] == []
        assert lying(trashing) == [[empty.id, "queued"], [image.id, "active"]]
        assert image.id in trashing.objects()
        assert trashing.server.run(GONE).strip() == "1"
        rbd("rm", f"{image.id}_disk")
        assert trashing.server.run(GONE).strip() == "1"
    assert [name for name in trashing.objects() if name.startswith(image.id)] == []
    assert rbd("trash", "ls", "--all") == b""


def test_glance_deletes_as_ever(trashing: Cloud, ada: Person) -> None:
    facts = ada.glance("image-create", "--name", "gone").facts

    ada.glance("image-delete", facts["id"])

    assert "gone" not in ada.glance("image-list").out
    assert lying(trashing)[0] == [facts["id"], "queued"]
