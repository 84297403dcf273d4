"""Listing images: what is listed, the filters and their grammar."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from images.models import Image
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import Door, names

pytestmark = [pytest.mark.django_db, pytest.mark.route("GET", "/v2/images")]

FACE = "\N{GRINNING FACE}"


# --- what is listed ---


@pytest.fixture
def everything(make_image: MakeImage, admin: Any) -> None:
    """Make images of each visibility and share, of the owner's project and of a third."""
    for owner, whose in ((PROJECT, "mine"), (THIRD, "theirs")):
        fields = {"owner": owner, "actor": admin}
        for visibility in ("public", "community", "shared", "private"):
            make_image(name=f"{whose} {visibility}", visibility=visibility, **fields)
        make_image(name=f"{whose} hidden", os_hidden=True, **fields)
        for answer in ("pending", "accepted", "rejected"):
            image = make_image(name=f"{whose} {answer}", **fields)
            image.members.create(project=OTHER, status=answer)


SHARES = {"mine shared", "mine pending", "mine accepted", "mine rejected"}
OWN = SHARES | {"mine public", "mine private", "mine community"}
PUBLIC = {"mine public", "theirs public"}
COMMUNITY = {"mine community", "theirs community"}
WITH_OTHER = {
    answer: {f"mine {answer}", f"theirs {answer}"} for answer in ("accepted", "pending", "rejected")
}
WITH_OTHER["all"] = set().union(*WITH_OTHER.values())


@pytest.mark.parametrize(
    ("who", "query", "listed"),
    [
        ("owner", "", OWN | PUBLIC),
        ("reader", "", OWN | PUBLIC),
        ("member", "", PUBLIC | WITH_OTHER["accepted"]),
        ("owner", "visibility=public", PUBLIC),
        ("owner", "visibility=private", {"mine private"}),
        ("owner", "visibility=community", COMMUNITY),
        ("owner", "visibility=shared", SHARES),
        ("owner", "visibility=all", OWN | PUBLIC | COMMUNITY),
        ("member", "visibility=shared", WITH_OTHER["accepted"]),
        ("member", "visibility=all", PUBLIC | COMMUNITY | WITH_OTHER["accepted"]),
        *(("member", f"visibility=shared&member_status={a}", w) for a, w in WITH_OTHER.items()),
        *(("member", f"member_status={a}", PUBLIC | w) for a, w in WITH_OTHER.items()),
        ("owner", "os_hidden=true", {"mine hidden"}),
        ("owner", "os_hidden=True", {"mine hidden"}),
        ("owner", "os_hidden=FALSE", OWN | PUBLIC),
        ("owner", f"owner={PROJECT}", OWN),
        ("owner", f"owner={THIRD}", {"theirs public"}),
        ("owner", f"owner={THIRD}&visibility=all", {"theirs public", "theirs community"}),
        ("owner", f"owner={THIRD}&visibility=private", set()),
    ],
)
def test_list_holds(
    request: pytest.FixtureRequest, everything: None, who: str, query: str, listed: set[str]
) -> None:
    found = names(request.getfixturevalue(f"{who}_door"), query)

    assert sorted(found) == sorted(listed)


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 12), ("visibility=community", 2), ("visibility=all", 14), ("os_hidden=true", 2)],
)
def test_administrator_lists_all_but_the_community_of_others(
    everything: None, admin_door: Door, query: str, count: int
) -> None:
    assert len(names(admin_door, query)) == count


def test_unowned_images_are_listed_unless_private(
    make_image: MakeImage, admin: Any, stranger_door: Door
) -> None:
    for visibility in ("public", "shared", "private"):
        make_image(name=visibility, visibility=visibility, owner=None, actor=admin)

    assert sorted(names(stranger_door)) == ["public", "shared"]


@pytest.mark.parametrize(
    "asking", [actor(PROJECT), actor(None, "admin"), actor(PROJECT, "service")]
)
def test_list_without_a_role_in_a_project_is_403(everything: None, asking: Any) -> None:
    assert Door(asking).get("/v2/images").status_code == 403


def test_list_body(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()

    assert owner_door.get("/v2/images").json() == {
        "images": [owner_door.show(image).json()],
        "first": "/v2/images",
        "schema": "/v2/schemas/images",
    }


# --- filters ---


@pytest.fixture
def three(make_image: MakeImage) -> list[Image]:
    """Make three images that differ in everything that a list can be narrowed by."""
    images = []
    for number, name in enumerate(("a", "b", 'c,"d:e')):
        image = make_image(
            name=name,
            disk_format=("raw", "qcow2", "iso")[number],
            container_format=("bare", "ovf", "bare")[number],
            min_disk=number * 10,
            min_ram=number * 10,
            protected=number == 0,
            tags=["x", f"t{number}"],
            properties={"k": f"v{number}", "a:b": "c", FACE: FACE},
        )
        at = datetime(2026, 1, 1, 12, 0, number, tzinfo=UTC)
        known = {"size": number * 10, "virtual_size": number * 10, "checksum": f"{number}" * 32}
        hashes = {"os_hash_algo": "sha512", "os_hash_value": f"{number}" * 128}
        status = ("queued", "active", "deactivated")[number]
        Image.objects.filter(pk=image.pk).update(
            created_at=at, updated_at=at, status=status, **known, **hashes
        )
        images.append(image)
    return images


WORDS = [
    ("name=a", "a"),
    ("name=eq:a", "a"),
    ("name=in:a,b", "ab"),
    ("name=in:a", "a"),
    ('name=in:"c,\\"d:e",a', "ac"),
    ('name=in: "a" , b ', "ab"),
    ("name=A", ""),
    ("name=", ""),
    ("status=active", "b"),
    ("status=in:active,queued", "ab"),
    ("status=unknown", ""),
    ("status=killed", ""),
    ("disk_format=raw", "a"),
    ("disk_format=in:raw,iso", "ac"),
    ("container_format=bare", "ac"),
    ("container_format=in:ovf,docker", "b"),
    ("checksum=" + "1" * 32, "b"),
    ("os_hash_algo=sha512", "abc"),
    ("os_hash_value=" + "2" * 128, "c"),
]
TIMES = [
    (f"{field}={given}", found)
    for field in ("created_at", "updated_at")
    for given, found in [
        ("2026-01-01T12:00:01Z", "b"),
        ("2026-01-01T12:00:01", "b"),
        ("2026-01-01T13:00:01%2B01:00", "b"),
        ("eq:2026-01-01T12:00:01Z", "b"),
        ("neq:2026-01-01T12:00:01Z", "ac"),
        ("gt:2026-01-01T12:00:01Z", "c"),
        ("gte:2026-01-01T12:00:01Z", "bc"),
        ("lt:2026-01-01T12:00:01Z", "a"),
        ("lte:2026-01-01T12:00:01Z", "ab"),
    ]
]
NUMBERS = [
    (query.format(field), found)
    for field in ("size", "virtual_size", "min_disk", "min_ram")
    for query, found in [
        ("{}=10", "b"),
        ("{}=eq:10", "b"),
        ("{}=neq:10", "ac"),
        ("{}=gt:10", "c"),
        ("{}=gte:10", "bc"),
        ("{}=lt:10", "a"),
        ("{}=lte:10", "ab"),
        ("{}_min=10", "bc"),
        ("{}_max=10", "ab"),
        ("{0}_min=1&{0}_max=19", "b"),
    ]
]
OTHERS = [
    *((f"protected={word}", "a") for word in ("true", "True", "TRUE")),
    *((f"protected={word}", "bc") for word in ("false", "False")),
    ("tag=x", "abc"),
    ("tag=t1", "b"),
    ("tag=x&tag=t1", "b"),
    ("tag=t1&tag=t2", ""),
    ("k=v1", "b"),
    ("k=v0&k=v1", "b"),  # the last counts
    ("k=V1", ""),
    ("k=in:v1,v2", ""),  # no operator but equality
    ("a:b=c", "abc"),
    (f"{FACE}={FACE}", "abc"),
    ("k=v1&tag=t1&size_min=1&name=in:a,b&disk_format=qcow2", "b"),
    ("unknown=v", ""),
    ("deleted=true", "abc"),
    ("is_public=true", "abc"),
    *((f"{key}=x", "") for key in ("locations", "members", "properties", "self", "tags")),
    *((f"unknown_{bound}=x", "") for bound in ("min", "max")),  # 24/7
]


@pytest.mark.parametrize(("query", "found"), WORDS + TIMES + NUMBERS + OTHERS)
def test_filter_finds(three: list[Image], owner_door: Door, query: str, found: str) -> None:
    assert sorted(name[0] for name in names(owner_door, query)) == list(found)


def test_filter_by_id_finds(three: list[Image], owner_door: Door) -> None:
    a, b, _ = (str(image.pk) for image in three)

    for query, found in [(a, ["a"]), (f"eq:{a}", ["a"]), (f"in:{a},{b},x", ["a", "b"]), ("x", [])]:
        assert sorted(names(owner_door, f"id={query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "visibility=",  # 24/7
        "visibility=secret",
        "member_status=maybe",
        "os_hidden=maybe",
        "protected=maybe",
        *(f"{key}={op}:a" for key in ("name", "status") for op in ("gt", "neq", "like")),
        *(f"{key}=gt:a" for key in ("id", "container_format", "disk_format")),
        *(f"name=in:{given}" for given in ('"', '"a', 'a"b', '"a"b', '"a\\"', '"a","b')),
        *(f"{key}={value}" for key in ("created_at", "updated_at") for value in ("x", "", "in:x")),
        *(f"{key}=like:2026-01-01" for key in ("created_at", "updated_at")),
        *(f"{key}_{bound}=x" for key in ("size", "min_disk") for bound in ("min", "max")),
        *(f"{key}={value}" for key in ("size", "min_ram") for value in ("x", "", "1.5", "in:1,2")),
        *(f"size={op}:10" for op in ("like", "GT", "ne")),  # 24/14
        "changes-since=2026-01-01",
    ],
)
def test_filter_that_can_never_be_right_is_400(owner_door: Door, query: str) -> None:
    assert owner_door.get(f"/v2/images?{query}").status_code == 400


@pytest.mark.parametrize("query", [f"name={FACE}", f"tag={FACE}", f"{FACE}=x", f"name=in:{FACE},a"])
def test_better_04_four_byte_text_is_a_question_like_any(owner_door: Door, query: str) -> None:
    assert names(owner_door, query) == []


def test_list_body_is_ignored(owner_door: Door) -> None:
    assert owner_door.send("GET", "/images", {"a": "body"}).status_code == 200
