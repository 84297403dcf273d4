"""Content that no format may hide: files beside it, other formats in it, headers that break."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.errors import BadUpload, FormatMismatch, UnsafeContent
from tests.stores.disks import GPT_ENTRY, RICH, boot_sector, iso, judge, refused_always

TEXT_VMDK = (
    b'# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "/etc/shadow" 0\n'
)


@pytest.mark.parametrize(
    "backing", ["/etc/passwd", "base.img", 'json:{"file.filename":"/etc/passwd"}']
)
def test_backing_file_is_unsafe(disk: Callable[..., bytes], backing: str) -> None:
    refused_always(disk("qcow2", "-u", "-F", "raw", "-b", backing), "qcow2")


def test_far_backing_file_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = bytearray(disk("qcow2"))
    content[8:20] = struct.pack(">QI", 1 << 40, 12)

    refused_always(bytes(content), "qcow2")


def test_data_file_is_unsafe(disk: Callable[..., bytes], tmp_path: Path) -> None:
    options = f"data_file={tmp_path / 'data'},data_file_raw=on"

    refused_always(disk("qcow2", "-o", options), "qcow2")


def test_data_file_flag_without_a_name_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = bytearray(disk("qcow2"))
    content[79] |= 4

    refused_always(bytes(content), "qcow2")


@pytest.mark.parametrize("field", [(4, 99), (72, 1 << 24), (76, 1 << 30)])
def test_unknown_qcow2_is_unsafe(disk: Callable[..., bytes], field: tuple[int, int]) -> None:
    offset, value = field
    content = bytearray(disk("qcow2"))
    content[offset : offset + 4] = struct.pack(">I", value)

    refused_always(bytes(content), "qcow2")


def test_virtual_size_that_no_disk_has_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = bytearray(disk("qcow2"))
    content[24:32] = b"\xff" * 8

    with pytest.raises(UnsafeContent):
        judge(bytes(content), "qcow2", enforce=False)


def test_truncated_qcow2_cannot_pass_as_raw(disk: Callable[..., bytes]) -> None:
    content = disk("qcow2", "-u", "-F", "raw", "-b", "/etc/passwd")[:300]

    refused_always(content, "qcow2")


def test_flat_vmdk_is_unsafe() -> None:
    refused_always(TEXT_VMDK, "vmdk")


def test_descriptor_after_much_comment_is_unsafe() -> None:
    refused_always(b"#" + b"x" * 65000 + b"\n" + TEXT_VMDK, "vmdk")


def test_descriptor_with_other_letters_is_unsafe() -> None:
    refused_always(TEXT_VMDK.replace(b"Disk", "Dìsk".encode()), "vmdk")


def test_descriptor_with_later_letters_is_unsafe() -> None:
    refused_always(TEXT_VMDK + b"#" * 600 + "é".encode(), "vmdk")


def test_sparse_vmdk_with_an_outside_extent_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = disk("vmdk").replace(b'SPARSE "disk"', b'SPARSE "/etc"')

    refused_always(content, "vmdk")


def test_vmdk_of_another_type_is_unsafe(disk: Callable[..., bytes]) -> None:
    refused_always(disk("vmdk").replace(b"monolithicSparse", b"monolithicFlat\0\0"), "vmdk")


def test_vmdk_without_its_footer_is_unsafe(stream_optimized: bytes) -> None:
    says_there_is_a_footer = stream_optimized[:56] + b"\xff" * 8 + stream_optimized[64:]

    refused_always(says_there_is_a_footer, "vmdk")


def test_qed_is_unsafe() -> None:
    refused_always(b"QED\0" + bytes(9999))


def test_partition_table_that_is_broken_is_unsafe() -> None:
    refused_always(boot_sector(b"\x33" * 64) + bytes(9999))


@pytest.mark.parametrize("disk_format", ["qcow2", "vdi"])
def test_iso_in_a_disk_is_unsafe(disk: Callable[..., bytes], disk_format: str) -> None:
    content = disk(disk_format).ljust(64 << 10, b"\0")
    polyglot = content[: 32 << 10] + iso()[32 << 10 : 34 << 10] + content[34 << 10 :]

    refused_always(polyglot, disk_format, "iso")


def test_partition_table_in_a_disk_is_unsafe(disk: Callable[..., bytes]) -> None:
    content = disk("qcow2")

    refused_always(content[:446] + boot_sector(GPT_ENTRY)[446:] + content[512:], "qcow2")


def test_luks_of_another_version_is_unsafe() -> None:
    refused_always(b"LUKS\xba\xbe\x00\x02" + bytes(9999))


def test_luks_is_not_raw() -> None:
    with pytest.raises(FormatMismatch, match="luks"):
        judge(b"LUKS\xba\xbe\x00\x01" + bytes(9999), "raw")


@pytest.mark.parametrize("length", [512, 64 << 10, 200 << 10, 300 << 10])
def test_vhdx_without_its_tables_is_unsafe(disk: Callable[..., bytes], length: int) -> None:
    content = disk("vhdx")

    for broken in (content[:length], content[:length].ljust(len(content), b"\0")):
        with pytest.raises(UnsafeContent):
            judge(broken, "vhdx")


@pytest.mark.parametrize("disk_format", RICH)
def test_truncated_header_is_refused(disk: Callable[..., bytes], disk_format: str) -> None:
    content = disk(disk_format)

    for length in (1, 8, 63, 100, 511):
        with pytest.raises(BadUpload):
            judge(content[:length], disk_format)


@given(st.data())
def test_no_noise_in_a_header_breaks_the_inspection(data: st.DataObject) -> None:
    magic = data.draw(
        st.sampled_from([b"QFI\xfb", b"KDMV", b"vhdxfile", b"conectix", b"# Disk", b"LUKS\xba\xbe"])
    )
    noise = random.Random(data.draw(st.integers())).randbytes(data.draw(st.integers(0, 300_000)))
    content = magic + noise
    if data.draw(st.booleans()):
        content = (
            content[: 192 << 10].ljust(192 << 10) + b"regi" + noise[:64].ljust(1 << 16, b"\xff")
        )
    disk_format = data.draw(st.sampled_from(["raw", "vmdk", "vhdx", "ami"]))

    with suppress(BadUpload):
        judge(content, disk_format, enforce=data.draw(st.booleans()))
