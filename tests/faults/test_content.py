"""Disks that refer to something else, hide something, or are not what they are said to be."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.site import MIB, Site, noise, on_files, on_rbd

BACKING_OFFSET, FEATURES_OFFSET = 8, 72
DATA_FILE_BIT = 1 << 2
SECTOR = 512


def make(path: Path, disk_format: str, *options: str, size: str = "8M") -> bytes:
    """Return the bytes of a disk that qemu-img makes."""
    command = ["qemu-img", "create", "-q", "-f", disk_format, *options, str(path), size]
    subprocess.run(command, cwd=path.parent, check=True, timeout=60)
    return path.read_bytes()


def backed_by(name: str) -> Callable[[Path], bytes]:
    """Return a maker of a qcow2 that reads what it does not hold from *name*."""
    return lambda path: make(path, "qcow2", "-u", "-b", name, "-F", "raw")


def far_backing(path: Path) -> bytes:
    """Return a qcow2 whose backing file's name lies far behind its header."""
    disk = bytearray(make(path, "qcow2"))
    struct.pack_into(">QI", disk, BACKING_OFFSET, 1 << 40, 11)
    return bytes(disk)


def data_file(path: Path) -> bytes:
    """Return a qcow2 whose data lie in a file of their own."""
    return make(path, "qcow2", "-o", "data_file=other.raw,data_file_raw=on")


def unnamed_data_file(path: Path) -> bytes:
    """Return a qcow2 with the bit of a data file, but no name of one."""
    disk = bytearray(make(path, "qcow2"))
    features = struct.unpack_from(">Q", disk, FEATURES_OFFSET)[0]
    struct.pack_into(">Q", disk, FEATURES_OFFSET, features | DATA_FILE_BIT)
    return bytes(disk)


def vmdk(subformat: str) -> Callable[[Path], bytes]:
    """Return a maker of a VMDK of that kind."""
    return lambda path: make(path, "vmdk", "-o", f"subformat={subformat}")


def hidden_extent(path: Path) -> bytes:
    """Return a sparse VMDK whose descriptor has an extent outside of it."""
    disk = vmdk("monolithicSparse")(path)
    place = disk.index(b"RW ")
    extent = b'RW 1 FLAT "/etc/passwd" 0\n'
    return disk[:place] + extent + disk[place + len(extent) :]


def with_iso(path: Path) -> bytes:
    """Return a qcow2 that is a CD as well."""
    disk = bytearray(make(path, "qcow2"))
    disk[32769:32774] = b"CD001"
    return bytes(disk)


def with_partitions(path: Path) -> bytes:
    """Return a qcow2 that has a partition table as well."""
    disk = bytearray(make(path, "qcow2"))
    disk[446 : 446 + 16] = struct.pack("<B3sB3sII", 0x80, b"", 0xEE, b"", 1, 2048)
    disk[510:512] = b"\x55\xaa"
    return bytes(disk)


def luks(_: Path) -> bytes:
    """Return an encrypted disk; qemu-img would measure this machine first, for its key."""
    words = (b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64", b"sha256", 4096, 64)
    return struct.pack(">6sH32s32s32sII", *words) + noise(4 * MIB)


def plain(disk_format: str) -> Callable[[Path], bytes]:
    """Return a maker of a disk without any guile."""
    return lambda path: make(path, disk_format)


REFUSED = {
    "absolute backing file": ("qcow2", backed_by("/etc/passwd")),
    "relative backing file": ("qcow2", backed_by("../../secret.raw")),
    "json backing file": ("qcow2", backed_by('json:{"driver":"file","filename":"/etc/passwd"}')),
    "far backing file": ("qcow2", far_backing),
    "backing file called raw": ("raw", backed_by("/etc/passwd")),
    "data file": ("qcow2", data_file),
    "data file without a name": ("qcow2", unnamed_data_file),
    "data file called raw": ("raw", data_file),
    "flat descriptor": ("vmdk", vmdk("monolithicFlat")),
    "split descriptor": ("vmdk", vmdk("twoGbMaxExtentSparse")),
    "descriptor called raw": ("raw", vmdk("monolithicFlat")),
    "hidden extent": ("vmdk", hidden_extent),
    "qcow2 called raw": ("raw", plain("qcow2")),
    "vmdk called raw": ("raw", plain("vmdk")),
    "vdi called raw": ("raw", plain("vdi")),
    "vhdx called raw": ("raw", plain("vhdx")),
    "luks called raw": ("raw", luks),
    "qcow2 called vmdk": ("vmdk", plain("qcow2")),
    "vmdk called qcow2": ("qcow2", plain("vmdk")),
    "noise called qcow2": ("qcow2", lambda _: noise(MIB)),
    "cd in a qcow2": ("qcow2", with_iso),
    "partitions in a qcow2": ("qcow2", with_partitions),
    "cd in a qcow2 called iso": ("iso", with_iso),
}


def honest(disk_format: str, path: Path) -> bytes:
    """Return bytes that are what they are called."""
    if disk_format == "iso":
        disk = bytearray(noise(MIB))
        disk[32768:32775] = b"\x01CD001\x01"
        return bytes(disk)
    return noise(5 * MIB) if disk_format == "raw" else make(path, disk_format)


def assert_refused(site: Site, name: str, folder: Path) -> None:
    """Assert that the disk of that *name* is refused, and an honest one is taken after it."""
    disk_format, maker = REFUSED[name]
    image = site.create_image(disk_format)

    answer = site.put(image, maker(folder / "disk"))

    assert answer.status == 415
    site.assert_undone(image, content=honest(disk_format, folder / "honest"))


@on_files
@pytest.mark.parametrize("name", REFUSED)
def test_disk_with_guile_is_refused_and_undone(site: Site, tmp_path: Path, name: str) -> None:
    assert_refused(site, name, tmp_path)


@on_rbd
@pytest.mark.parametrize(
    "name", ["absolute backing file", "data file", "hidden extent", "qcow2 called raw"]
)
def test_disk_with_guile_leaves_nothing_in_ceph(site: Site, tmp_path: Path, name: str) -> None:
    assert_refused(site, name, tmp_path)


@pytest.mark.parametrize("disk_format", ["qcow2", "vmdk", "vdi", "vhdx"])
def test_honest_disk_is_whole_and_knows_its_virtual_size(
    site: Site, tmp_path: Path, disk_format: str
) -> None:
    image = site.create_image(disk_format)
    disk = make(tmp_path / "disk", disk_format)

    assert site.put(image, disk).status == 204

    site.assert_whole(image, disk)
    assert site.image(image)["virtual_size"] == 8 * MIB
