"""Limits that a real Keystone keeps, as Tempest sets them, at the doors of the APIs."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.views import APIView

from images.errors import LimitsUnknown
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.keystone import connection, limits
from portal.identity.keystone.authentication import KeystoneAuthentication
from quotas.limits import limit_of, set_limit
from quotas.models import Resource, Usage
from quotas.near import by_share, near
from tests.images.api.door import Door
from tests.keystone.conftest import forget
from tests.keystone.site import Keystone, unique

pytestmark = pytest.mark.django_db

MIB = 1 << 20
COUNT, SIZE = Resource.IMAGE_COUNT_TOTAL, Resource.IMAGE_SIZE_TOTAL
BARE = {"disk_format": "raw", "container_format": "bare"}


@pytest.fixture
def region(keystone: Keystone, trusting: Any) -> str:
    """Return the region in which the service is, and which has limits of its own."""
    trusting.REGION = unique("Region")
    keystone.make("region", id=trusting.REGION)
    trusting.KEYSTONE = trusting.KEYSTONE | {"LIMIT_SECONDS": 0}
    return str(trusting.REGION)


@pytest.fixture
def project(keystone: Keystone) -> str:
    """Return a project that no other test has limits for."""
    return str(keystone.make("project", name=unique("limited"), domain_id="default")["id"])


@pytest.fixture
def door(keystone: Keystone, region: str, project: str, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Return the API as a member of that project has it, with a token of the Keystone."""
    user = keystone.make_user(unique("carol"))
    keystone.give(user, "member", {"id": project})
    auth = keystone.login(user["name"], project_id=project, project_domain_name="")
    monkeypatch.setattr(APIView, "authentication_classes", [KeystoneAuthentication])
    door = Door()
    door.credentials(HTTP_X_AUTH_TOKEN=str(auth.get_token()))
    return door


def cut_off(settings: Any) -> None:
    """Let the Keystone be where nobody listens."""
    settings.KEYSTONE = settings.KEYSTONE | {"URL": "http://127.0.0.1:9/v3"}
    connection._adapter.cache_clear()


def test_registered_limits_are_everybodys_and_sizes_are_bytes_here(
    keystone: Keystone, region: str, project: str
) -> None:
    for name, value in {SIZE: 5, COUNT: 7}.items():
        keystone.register_limit(name, value, region=region)
    keystone.set_limit(project, SIZE, 2, region=region)

    assert [limit_of(project, name) for name in (SIZE, COUNT)] == [2 * MIB, 7]
    assert [limit_of("another", name) for name in (SIZE, COUNT)] == [5 * MIB, 7]


def test_limits_of_other_regions_are_not_ours(
    keystone: Keystone, region: str, project: str, trusting: Any
) -> None:
    keystone.register_limit(COUNT, 7, region=region)
    trusting.QUOTA_DEFAULTS = {COUNT: 9, SIZE: -1}
    trusting.REGION = "elsewhere"

    assert limit_of(project, COUNT) == 9


def test_no_limit_there_is_no_limit_here(keystone: Keystone, region: str, project: str) -> None:
    keystone.register_limit(SIZE, -1, region=region)

    assert limit_of(project, SIZE) == -1


def test_limit_of_our_own_table_goes_before(keystone: Keystone, region: str, project: str) -> None:
    keystone.register_limit(COUNT, 7, region=region)
    set_limit(project, COUNT, 3)

    assert limit_of(project, COUNT) == 3


def test_project_of_ours_has_limits_of_ours(keystone: Keystone, region: str, trusting: Any) -> None:
    keystone.register_limit(COUNT, 7, region=region)
    trusting.IDENTITY = "both"
    ours = people.create_project(unique("ours"), actor=OPERATOR)

    assert limit_of(ours.pk, COUNT) == trusting.QUOTA_DEFAULTS[COUNT]


def test_who_is_near_is_told_by_the_limits_in_force(
    keystone: Keystone, region: str, project: str, trusting: Any
) -> None:
    trusting.IDENTITY = "both"
    ours = people.create_project(unique("ours"), actor=OPERATOR).pk
    keystone.register_limit(COUNT, 7, region=region)
    keystone.register_limit(SIZE, 5, region=region)
    keystone.set_limit(project, SIZE, 2, region=region)
    projects = [project, ours, "another", ""]
    trusting.QUOTA_DEFAULTS = {COUNT: 9, SIZE: 10 * MIB}
    Usage.objects.bulk_create(Usage(project=one, used=MIB, images=1) for one in projects)

    found = {
        one.project: [one.image_size_total_hard, one.image_count_total_hard] for one in by_share()
    }

    assert found == {one: [limit_of(one, name) for name in (SIZE, COUNT)] for one in projects}


def test_who_is_near_is_told_while_the_keystone_is_away(
    keystone: Keystone, region: str, trusting: Any
) -> None:
    keystone.register_limit(COUNT, 7, region=region)
    Usage.objects.create(project="another", images=7)
    before = near(by_share()).count()

    cut_off(trusting)
    last = near(by_share()).count()
    forget()

    assert (before, last, near(by_share()).count()) == (1, 1, 0)


def test_next_request_knows_a_changed_limit(
    keystone: Keystone, door: Door, region: str, project: str
) -> None:
    keystone.register_limit(COUNT, 10, region=region)
    keystone.set_limit(project, COUNT, 1, region=region)
    statuses = [door.create(**BARE).status_code for _ in range(2)]

    keystone.set_limit(project, COUNT, 2, region=region)
    statuses += [door.create(**BARE).status_code for _ in range(2)]

    usage = door.send("GET", "/info/usage").json()["usage"]
    assert statuses == [201, 413, 201, 413]
    assert usage["image_count_total"] == {"usage": 2, "limit": 2}


def test_limits_are_remembered_for_some_seconds(
    keystone: Keystone, region: str, project: str, trusting: Any
) -> None:
    trusting.KEYSTONE = trusting.KEYSTONE | {"LIMIT_SECONDS": 60}
    keystone.register_limit(COUNT, 7, region=region)
    limits.learn(project)

    keystone.set_limit(project, COUNT, 1, region=region)

    assert limit_of(project, COUNT) == 7


def test_last_known_limits_hold_while_the_keystone_is_away(
    keystone: Keystone, region: str, project: str, trusting: Any
) -> None:
    keystone.register_limit(COUNT, 7, region=region)
    assert limit_of(project, COUNT) == 7

    cut_off(trusting)

    assert limit_of(project, COUNT) == 7
    with pytest.raises(LimitsUnknown):
        limit_of("never seen", COUNT)


def test_act_is_put_off_while_no_limit_is_known(door: Door, trusting: Any) -> None:
    door.send("GET", "/images")
    cut_off(trusting)

    answer = door.create(**BARE)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_size_quota_as_tempest_asks_for_it(
    keystone: Keystone, door: Door, region: str, project: str
) -> None:
    keystone.register_limit(SIZE, 10, region=region)
    keystone.set_limit(project, SIZE, 1, region=region)
    images = [door.create(**BARE).json()["id"] for _ in range(3)]

    statuses = [door.upload_chunked(image, bytes(MIB)).status_code for image in images]

    assert statuses == [204, 204, 413]
    for image in images[:2]:
        door.send("DELETE", f"/images/{image}")
    assert door.upload_chunked(images[2], bytes(MIB)).status_code == 204


def test_token_says_whose_limits_to_ask_for_before_the_act(
    keystone: Keystone, door: Door, region: str, project: str, trusting: Any
) -> None:
    trusting.KEYSTONE = trusting.KEYSTONE | {"LIMIT_SECONDS": 60}
    keystone.register_limit(COUNT, 1, region=region)
    door.send("GET", "/images")
    assert limits._fresh.get(project) is None

    assert door.create(**BARE).status_code == 201

    assert limits._fresh.get(project) == {str(COUNT): 1}
