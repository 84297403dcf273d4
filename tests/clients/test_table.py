"""The tables in docs/api.md name everything that the clients can do with images."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from glanceclient.v2 import shell
from openstack import proxy
from openstack.image.v2._proxy import Proxy

TOLD = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def test_every_command_of_openstack_is_in_the_table() -> None:
    commands = {name.replace("_", " ") for name in entry_points(group="openstack.image.v2").names}

    assert [name for name in sorted(commands) if "metadef" not in name and name not in TOLD] == []


def test_every_command_of_glance_is_in_the_table() -> None:
    names = [name.removeprefix("do_") for name in dir(shell) if name.startswith("do_")]
    commands = [name.replace("_", "-") for name in names if not name.startswith("md_")]

    assert [name for name in commands if f"`{name}" not in TOLD] == []


def test_every_call_of_openstacksdk_is_in_the_table() -> None:
    calls = {name for name in dir(Proxy) if callable(getattr(Proxy, name))} - set(dir(proxy.Proxy))
    public = sorted(name for name in calls if not name.startswith("_") and "metadef" not in name)

    assert [name for name in public if f"`{name}`" not in TOLD] == []
