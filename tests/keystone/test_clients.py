"""The three clients as they come, logged in at a Keystone whose catalogue names our service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openstack
import pytest

from portal.identity.clouds import keystone_clouds_yaml
from portal.identity.models import User
from tests.clients.clouds import BARE
from tests.clients.conftest import FUTURE, image_proxy
from tests.clients.day import Day
from tests.clients.people import Environment, Person
from tests.keystone.conftest import Thing
from tests.keystone.site import PASSWORD, Keystone, unique
from tests.live import Server

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings(*FUTURE)]


@dataclass(frozen=True)
class Guest(Person):
    """A user of the Keystone; *url* is the Keystone's."""

    region: str = ""

    @property
    def by_password(self) -> Environment:
        """The environment of a log-in with name and password."""
        return {
            "OS_AUTH_URL": self.url,
            "OS_USERNAME": self.name,
            "OS_PASSWORD": PASSWORD,
            "OS_PROJECT_NAME": self.project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_IDENTITY_API_VERSION": "3",
            "OS_REGION_NAME": self.region,
        }

    def by_credential(self, credential: dict[str, Any]) -> Environment:
        """The environment of a log-in with an application credential of the Keystone."""
        return {
            "OS_AUTH_TYPE": "v3applicationcredential",
            "OS_AUTH_URL": self.url,
            "OS_APPLICATION_CREDENTIAL_ID": credential["id"],
            "OS_APPLICATION_CREDENTIAL_SECRET": credential["secret"],
            "OS_REGION_NAME": self.region,
        }


@pytest.fixture
def guest(keystone: Keystone, region: str, alice: Thing, red: Thing, tmp_path: Path) -> Guest:
    """Return alice at a terminal."""
    home = tmp_path / "alice"
    home.mkdir()
    return Guest(alice["name"], red["name"], keystone.url, home, region)


@pytest.fixture
def friend(keystone: Keystone, region: str, blue: Thing, tmp_path: Path) -> Guest:
    """Return a member of blue at a terminal."""
    bob = keystone.make_user(unique("bob"))
    keystone.give(bob, "member", blue)
    home = tmp_path / "bob"
    home.mkdir()
    return Guest(bob["name"], blue["name"], keystone.url, home, region)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Return a file of a megabyte."""
    disk = tmp_path / "disk"
    disk.write_bytes(b"some bytes" * 100_000)
    return disk


@pytest.mark.parametrize("way", ["password", "application credential"])
def test_day_of_openstack(
    way: str,
    keystone: Keystone,
    guest: Guest,
    friend: Guest,
    alice: Thing,
    red: Thing,
    blue: Thing,
    disk: Path,
) -> None:
    logged_in = guest.by_password
    if way != "password":
        logged_in = guest.by_credential(keystone.make_robot(alice, red))

    Day(guest, logged_in, friend, blue["id"]).spend(disk)


def test_glance_creates_and_deletes(guest: Guest, disk: Path) -> None:
    create = ("image-create", "--disk-format", "raw", "--container-format", "bare", "--file", disk)
    facts = guest.glance(*create, "--name", "by-glance").facts
    listed = guest.glance("image-list").table

    guest.glance("image-delete", facts["id"])

    assert (facts["status"], [facts["id"], "by-glance"] in listed) == ("active", True)


def test_openstacksdk_creates_and_deletes(guest: Guest, server: Server) -> None:
    known: Any = {
        key.removeprefix("OS_").lower(): value for key, value in guest.by_password.items()
    }
    with openstack.connect(load_envvars=False, load_yaml_config=False, **known) as cloud:
        sdk = image_proxy(cloud)
        image = sdk.create_image("by-sdk", data=b"some bytes", wait=True, **BARE)
        content = sdk.download_image(image, stream=True).content
        sdk.delete_image(image)

        assert str(sdk.get_endpoint()).startswith(server.url)
        assert (content, sdk.find_image("by-sdk")) == (b"some bytes", None)


def test_clouds_yaml_of_the_account_page_works(
    trusting: Any, guest: Guest, region: str, alice: Thing, red: Thing
) -> None:
    trusting.REGION = region
    user = User(source="keystone", known_as=alice["name"])
    guest.clouds_yaml.parent.mkdir(parents=True)
    guest.clouds_yaml.write_text(keystone_clouds_yaml(user, project=red["id"]))

    listing = ("--os-password", PASSWORD, "image", "list", "-f", "json")

    assert isinstance(guest.openstack(*listing, logged_in={"OS_CLOUD": "vitrine"}).json, list)
