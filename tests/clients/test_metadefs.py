"""Every command and method of the clients that is about metadata definitions is tried."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from glanceclient.v2 import shell
from openstack.image.v2._proxy import Proxy

HERE = Path(__file__).parent


def test_every_command_of_openstack_is_tried() -> None:
    tried = (HERE / "test_metadefs_openstack.py").read_text()
    names = [entry.name for entry in entry_points(group="openstack.image.v2")]

    commands = [
        name.removeprefix("image_metadef_").replace("_", " ")
        for name in names
        if name.startswith("image_metadef_")
    ]
    assert len(commands) == 21
    assert [command for command in commands if f'"{command}"' not in tried] == []


def test_every_command_of_glance_is_tried() -> None:
    tried = (HERE / "test_metadefs_glance.py").read_text()

    commands = [
        name.removeprefix("do_").replace("_", "-")
        for name in vars(shell)
        if name.startswith("do_md_")
    ]
    assert len(commands) == 30
    assert [command for command in commands if f'"{command}"' not in tried] == []


def test_every_method_of_openstacksdk_is_tried() -> None:
    tried = (HERE / "test_metadefs_sdk.py").read_text()

    methods = [name for name in vars(Proxy) if "metadef" in name and not name.startswith("_")]
    assert len(methods) == 34
    assert [name for name in methods if f"sdk.{name}(" not in tried] == []
