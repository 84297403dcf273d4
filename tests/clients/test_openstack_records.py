"""`openstack image …` where only records move: lists, properties, tags, projects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openstack.image.v2._proxy import Proxy

from tests.clients.clouds import BARE, Cloud, one_store
from tests.clients.people import Person

pytestmark = one_store


@pytest.fixture(scope="module")
def shelf(cloud: Cloud, sdk: Proxy) -> list[str]:
    """Return the names of five images that differ in each thing that lists can ask for."""
    names = [f"shelf-{number}" for number in range(1, 6)]
    for number, name in enumerate(names, 1):
        sdk.create_image(
            name,
            min_disk=number,
            kind="odd" if number % 2 else "even",
            tags=["shelf", f"place-{number}"],
            visibility="private" if number == 4 else "shared",
            meta={"is_hidden": number == 5},
            **BARE,
        )
    return names


@pytest.fixture
def record(sdk: Proxy) -> Iterator[str]:
    """Return the name of an image without data that a test may change."""
    image = sdk.create_image("record", **BARE)
    yield image.name
    sdk.delete_image(image)


def names(person: Person, *options: str) -> list[str]:
    """Return the names that `openstack image list` shows, in order."""
    listed = person.openstack("image", "list", "-f", "json", *options).json
    return [row["Name"] for row in listed]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--name", "shelf-2", "--tag", "shelf", "--tag", "place-2"], ["shelf-2"]),
        (
            ["--tag", "shelf", "--property", "kind=odd", "--status", "queued", "--shared"],
            ["shelf-1", "shelf-3"],
        ),
        (["--tag", "shelf", "--private"], ["shelf-4"]),
        (["--tag", "shelf", "--hidden"], ["shelf-5"]),
        (["--tag", "shelf", "--limit", "2", "--sort", "name:desc"], ["shelf-4", "shelf-3"]),
        (
            ["--tag", "shelf", "--page-size", "2", "--sort", "name:desc", "--marker", "shelf-4"],
            ["shelf-3", "shelf-2", "shelf-1"],
        ),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("--") else "",
)
def test_list_shows_what_is_asked_for(
    shelf: list[str], alice: Person, options: list[str], shown: list[str]
) -> None:
    assert names(alice, *options) == shown


def test_list_of_the_administrator_shows_a_project(shelf: list[str], root: Person) -> None:
    assert names(root, "--project", "red", "--tag", "shelf") == shelf[:4]


def test_set_changes_each_field(record: str, alice: Person, sdk: Proxy) -> None:
    fields = ("--min-disk", "3", "--min-ram", "7", "--property", "a=b", "--tag", "t", "--private")
    declared = ("--architecture", "x86_64", "--os-distro", "debian", "--os-version", "12")

    alice.openstack("image", "set", *fields, *declared, "--protected", record)

    image = sdk.find_image(record, ignore_missing=False)
    sdk.update_image(image.id, is_protected=False)
    assert (image.min_disk, image.min_ram, image.tags) == (3, 7, ["t"])
    assert (image.visibility, image.is_protected, image.properties["a"]) == ("private", True, "b")
    assert (image.architecture, image.os_distro, image.os_version) == ("x86_64", "debian", "12")


def test_set_renames_and_hides(record: str, alice: Person, sdk: Proxy) -> None:
    alice.openstack("image", "set", "--name", "renamed", "--hidden", record)
    shown = alice.openstack("image", "show", "renamed", "-f", "json").json
    alice.openstack("image", "set", "--name", record, "--unhidden", "renamed")

    assert shown["properties"]["os_hidden"] is True
    assert sdk.find_image(record, ignore_missing=False).is_hidden is False


def test_unset_takes_property_and_tag_away(record: str, alice: Person, sdk: Proxy) -> None:
    image = sdk.find_image(record, ignore_missing=False)
    sdk.update_image(image, a="b", c="d")
    for tag in ("t", "u"):
        sdk.add_tag(image, tag)

    alice.openstack("image", "unset", "--property", "a", "--tag", "t", record)

    image = sdk.find_image(record, ignore_missing=False)
    assert ("a" in image.properties, image.properties["c"], image.tags) == (False, "d", ["u"])


def test_project_comes_by_name_and_goes(
    record: str, cloud: Cloud, alice: Person, bob: Person
) -> None:
    added = alice.openstack("image", "add", "project", record, "blue", "-f", "json").json
    before = names(bob, "--shared", "--member-status", "pending")

    alice.openstack("image", "remove", "project", record, "blue")

    assert (added["member_id"], added["status"]) == (cloud.projects["blue"], "pending")
    assert before == [record]
    assert record not in names(bob, "--shared", "--member-status", "all")


def test_project_comes_by_id_and_answers(
    record: str, cloud: Cloud, sdk: Proxy, alice: Person, bob: Person
) -> None:
    blue, image = cloud.projects["blue"], sdk.find_image(record, ignore_missing=False)
    alice.openstack("image", "add", "project", image.id, blue)

    bob.openstack("image", "set", "--accept", image.id)
    accepted = names(bob)
    bob.openstack("image", "set", "--reject", image.id)

    member = alice.openstack("image", "member", "get", record, blue, "-f", "json").json
    listed = alice.openstack("image", "member", "list", record, "-f", "json").json
    assert (record in accepted, member["status"]) == (True, "rejected")
    assert listed == [{"Image ID": image.id, "Member ID": blue, "Status": "rejected"}]


def test_administrator_gives_an_image_to_a_project(cloud: Cloud, sdk: Proxy, root: Person) -> None:
    create = ("image", "create", "--project", "blue", "given", "-f", "json")
    created = root.openstack(*create).json

    root.openstack("image", "set", "--project", "red", created["id"])

    image = sdk.get_image(created["id"])
    sdk.delete_image(image)
    assert created["owner"] == cloud.projects["blue"]
    assert image.owner == cloud.projects["red"]


def test_create_takes_an_id_and_all_fields(alice: Person, sdk: Proxy) -> None:
    wanted = "11111111-2222-4333-8444-555555555555"
    fields = ("--private", "--min-ram", "7", "--property", "a=b", "--tag", "t", "--id", wanted)

    shown = alice.openstack("image", "create", "own", *fields, "-f", "json").json

    sdk.delete_image(wanted)
    assert [shown[name] for name in ("id", "min_ram", "tags")] == [wanted, 7, ["t"]]
    assert (shown["status"], shown["properties"]["a"]) == ("queued", "b")


def test_refusal_is_told_in_our_words(record: str, alice: Person, sdk: Proxy) -> None:
    sdk.update_image(sdk.find_image(record, ignore_missing=False), is_protected=True)

    deleted = alice.refused("image", "delete", record)
    published = alice.refused("image", "set", "--public", record)

    sdk.update_image(sdk.find_image(record, ignore_missing=False), is_protected=False)
    assert "403 Forbidden: The image is protected and cannot be deleted.\n" in deleted
    assert published.endswith(", You are not permitted to publicize this image.\n")


def test_stores_list_names_the_default(alice: Person) -> None:
    listed = alice.openstack("image", "stores", "list", "-f", "json").json

    assert listed == [{"ID": "file", "Description": "Files on this server", "Default": True}]


def test_import_info_lists_no_method_yet(alice: Person) -> None:
    info = alice.openstack("image", "import", "info", "-f", "json").json

    assert info == {"import-methods": []}
