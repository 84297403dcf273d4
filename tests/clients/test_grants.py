"""What is granted under /api, as openstacksdk's users see, download and lose it: a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openstack.exceptions import NotFoundException
from openstack.image.v2._proxy import Proxy
from openstack.image.v2.image import Image

from tests.clients.clouds import BARE, Cloud, one_store

pytestmark = one_store

GROUP = """
from django.contrib.auth.models import Group
from portal.identity.models import User

group, _ = Group.objects.get_or_create(name="testers")
group.user_set.add(User.objects.get(username="bob"))
"""


@pytest.fixture
def image(sdk: Proxy) -> Iterator[Image]:
    """Return a private image of alice's with a few bytes in it."""
    image = sdk.create_image("mine", data=b"bytes", wait=True, visibility="private", **BARE)
    yield image
    sdk.delete_image(image, ignore_missing=True)


@pytest.mark.parametrize(
    ("kind", "name"), [("user", "bob"), ("group", "testers"), ("project", "blue")]
)
def test_granted_seen_downloaded_and_lost_again(
    cloud: Cloud, sdk: Proxy, bobs_sdk: Proxy, image: Image, kind: str, name: str
) -> None:
    cloud.server.run(GROUP)
    address = f"{cloud.server.url}/api/images/{image.id}/grants"

    given = sdk.session.post(address, json={kind: name, "rights": ["download"]})
    listed = [one.id for one in bobs_sdk.images() if one.id == image.id]
    data = bobs_sdk.download_image(image.id).content
    taken = sdk.session.delete(f"{address}/{kind}/{name}")

    assert (given.status_code, taken.status_code) == (201, 204)
    assert (listed, data) == ([image.id], b"bytes")
    assert [one.id for one in bobs_sdk.images() if one.id == image.id] == []
    with pytest.raises(NotFoundException):
        bobs_sdk.get_image(image.id)
