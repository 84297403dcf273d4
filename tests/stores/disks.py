"""Disks of each format, and judges of them."""

from __future__ import annotations

import struct

import pytest

from stores.base import MIB
from stores.errors import UnsafeContent
from stores.inspection import Inspection

GIB = 1 << 30
QEMU_NAMES = {"qcow2": "qcow2", "vmdk": "vmdk", "vdi": "vdi", "vhdx": "vhdx", "vhd": "vpc"}
RICH = [*QEMU_NAMES]
GPT_ENTRY = bytes([0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])


def judge(
    content: bytes, disk_format: str, *, container: str = "bare", enforce: bool = True
) -> int | None:
    """Return the virtual size that the inspection of *content* gives, or raise what it raises."""
    inspection = Inspection(disk_format, container, enforce=enforce)
    for at in range(0, len(content), 4 * MIB):
        inspection.feed(content[at : at + 4 * MIB])
    return inspection.finish(len(content))


def refused_always(content: bytes, *disk_formats: str) -> None:
    """Assert that *content* is unsafe under each of the names, and as raw, enforced or not."""
    for disk_format in (*disk_formats, "raw"):
        for enforce in (True, False):
            with pytest.raises(UnsafeContent):
                judge(content, disk_format, enforce=enforce)


def boot_sector(*entries: bytes) -> bytes:
    """Return a sector with the signature of a partition table and *entries* in it."""
    return bytes(446) + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


def iso(size: int = 64 << 10) -> bytes:
    """Return the least that is an ISO 9660 file system of one 2 KiB block."""
    volume = bytearray(2048)
    volume[0:6] = b"\x01CD001"
    volume[80:84], volume[128:130] = struct.pack("<L", 1), struct.pack("<H", 2048)
    return (bytes(32 << 10) + volume).ljust(size, b"\0")
