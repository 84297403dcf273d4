from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stores.vmdk import names_other_files
from tests.stores.disks import judge, refused_always


@pytest.mark.parametrize("name", ["disk", "stream"])
def test_vmdk_of_one_file_is_safe(
    disk: Callable[..., bytes], stream_optimized: bytes, name: str
) -> None:
    assert judge(stream_optimized if name == "stream" else disk("vmdk"), "vmdk")


def described(disk: Callable[..., bytes], old: bytes, new: bytes) -> bytes:
    """Return a sparse VMDK with *new* for *old* in its descriptor."""
    content = disk("vmdk")
    text = content[512 : 21 * 512].replace(old, new).rstrip(b"\0").ljust(20 * 512, b"\0")
    assert old in content
    return content[:512] + text + content[21 * 512 :]


CID = b"parentCID=ffffffff"
TYPE = b'createType="monolithicSparse"'
EXTENT = b'RW 2097152 SPARSE "disk"'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CID, CID + b'\nparentFileNameHint="base.vmdk"'),
        (CID, CID + b'\nPARENTFILENAMEHINT="base.vmdk"'),
        (CID, CID + b'\n#parentFileNameHint="base.vmdk"'),
        (CID, b"parentCID=2f97a181"),
        (CID, b"parentCID =  2f97a181"),
        (TYPE, TYPE.upper() + b'\ncreateType="monolithicFlat"'),
        (TYPE, b'# createType="monolithicFlat"\n' + TYPE),
        (EXTENT, EXTENT + b'\nRW 2 FLAT "secret" 0'),
        (EXTENT, b'RDONLY\t2\x0bFLAT "secret" 0'),
    ],
)
def test_sparse_vmdk_that_leads_to_another_file_is_unsafe(
    disk: Callable[..., bytes], old: bytes, new: bytes
) -> None:
    refused_always(described(disk, old, new), "vmdk")


def test_vmdk_with_a_parent_is_unsafe(disk: Callable[..., bytes], tmp_path: Path) -> None:
    (tmp_path / "base").write_bytes(disk("vmdk"))

    refused_always(disk("vmdk", "-F", "vmdk", "-b", str(tmp_path / "base")), "vmdk")


def test_sparse_vmdk_without_a_capacity_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = disk("vmdk")

    refused_always(content[:12] + bytes(8) + content[20:], "vmdk")


@pytest.mark.parametrize("end", [b"\n", b'\nRW 2 SPARSE "secret"\n\0'])
def test_descriptor_that_goes_on_past_its_length_is_unsafe(
    disk: Callable[..., bytes], end: bytes
) -> None:
    content = disk("vmdk")
    text = content[512 : 21 * 512].rstrip(b"\0") + b"#"
    longer = text.ljust(1024, b"#") + end
    rest = b"#" * (2 << 20) if not end.endswith(b"\0") else content[512 + len(longer) :]

    refused_always(content[:36] + struct.pack("<Q", 2) + content[44:512] + longer + rest, "vmdk")


def test_vmdk_of_the_time_before_descriptors_is_unsafe() -> None:
    refused_always(b"COWD" + bytes(9999), "vmdk")


def test_hostile_descriptor_takes_no_time() -> None:
    blanks = (b"\n " * 50_000, b" " * 100_000, b"parentcid=" + b" " * 100_000, b"rw " * 30_000)

    for text in blanks:
        begun = time.process_time()
        names_other_files(b"KDMV" + b"\1" * 508 + text + b'createtype="x"' + bytes(9))
        assert time.process_time() - begun < 0.1
