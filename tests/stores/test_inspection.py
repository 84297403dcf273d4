"""Formats of real files, most of them made by qemu-img, judged as section 18 of the wire says."""

from __future__ import annotations

import random
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.base import MIB
from stores.errors import BadUpload, FormatMismatch, UnsafeContent
from stores.inspection import HEAD, Inspection, detect

GIB = 1 << 30
QEMU_NAMES = {"qcow2": "qcow2", "vmdk": "vmdk", "vdi": "vdi", "vhdx": "vhdx", "vhd": "vpc"}
RICH = [*QEMU_NAMES]
UNKNOWN_TO_INSPECTORS = ["ami", "ari", "aki", "ploop"]
GPT_ENTRY = bytes([0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])
TEXT_VMDK = (
    b'# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 1 FLAT "/etc/shadow" 0\n'
)


def judge(
    content: bytes, disk_format: str, *, container: str = "bare", enforce: bool = True
) -> int | None:
    """Return the virtual size that the inspection of *content* gives, or raise what it raises."""
    inspection = Inspection(disk_format, container, enforce=enforce)
    for at in range(0, len(content), 4 * MIB):
        inspection.feed(content[at : at + 4 * MIB])
    return inspection.finish(len(content))


@pytest.fixture
def disk(tmp_path: Path) -> Callable[..., bytes]:
    """Return a maker of disks: the bytes of a new one of 1 GiB in the format that is asked for."""

    def make(disk_format: str, *options: str) -> bytes:
        path = tmp_path / "disk"
        name = QEMU_NAMES.get(disk_format, disk_format)
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", name, *options, path, str(GIB)], check=True
        )
        return path.read_bytes()

    return make


@pytest.fixture
def stream_optimized(tmp_path: Path) -> bytes:
    """Return the VMDK that people export from a hypervisor, with 6 MiB in it."""
    raw, path = tmp_path / "raw", tmp_path / "disk"
    raw.write_bytes(random.Random(1).randbytes(6 * MIB))
    kind = ("-O", "vmdk", "-o", "subformat=streamOptimized")
    subprocess.run(["qemu-img", "convert", "-f", "raw", raw, *kind, path], check=True)
    return path.read_bytes()


def boot_sector(*entries: bytes) -> bytes:
    """Return a sector with the signature of a partition table and *entries* in it."""
    return bytes(446) + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


def iso(size: int = 64 << 10) -> bytes:
    """Return the least that is an ISO 9660 file system of one 2 KiB block."""
    volume = bytearray(2048)
    volume[0:6] = b"\x01CD001"
    volume[80:84], volume[128:130] = struct.pack("<L", 1), struct.pack("<H", 2048)
    return (bytes(32 << 10) + volume).ljust(size, b"\0")


def on_top(head: bytes, content: bytes) -> bytes:
    return head + content[len(head) :]


@pytest.mark.parametrize("disk_format", RICH)
def test_format_is_recognised_with_its_virtual_size(
    disk: Callable[..., bytes], disk_format: str
) -> None:
    size = judge(disk(disk_format), disk_format)

    assert size is not None
    assert size - GIB < MIB  # a vhd is a little larger: it counts cylinders
    assert size >= GIB


def test_stream_optimized_vmdk_is_recognised(stream_optimized: bytes) -> None:
    assert judge(stream_optimized, "vmdk") == 6 * MIB


def test_iso_is_recognised_with_its_virtual_size() -> None:
    assert judge(iso(), "iso") == 2048


def test_hybrid_iso_is_an_iso() -> None:
    assert judge(on_top(boot_sector(GPT_ENTRY), iso()), "iso") == 2048


def test_broken_table_on_an_iso_is_an_iso() -> None:
    assert judge(on_top(boot_sector(b"\x33"), iso()), "iso") == 2048


@pytest.mark.parametrize("content", [b"", b"x", b"text\n" * 200, bytes(3 * MIB), b"\xff" * HEAD])
def test_raw_is_what_no_format_claims(content: bytes) -> None:
    assert judge(content, "raw") == (len(content) or None)


def test_raw_may_have_a_partition_table() -> None:
    content = boot_sector(GPT_ENTRY) + bytes(MIB)

    assert judge(content, "raw") == len(content)


def test_raw_may_be_an_iso() -> None:
    assert judge(iso(), "raw") == len(iso())


@pytest.mark.parametrize("disk_format", RICH)
def test_rich_format_is_not_raw(disk: Callable[..., bytes], disk_format: str) -> None:
    with pytest.raises(FormatMismatch, match=f"raw.*{disk_format}"):
        judge(disk(disk_format), "raw")


@pytest.mark.parametrize("disk_format", UNKNOWN_TO_INSPECTORS)
def test_format_without_an_inspector_is_believed(disk_format: str) -> None:
    assert judge(b"x" * 9999, disk_format) is None


@pytest.mark.parametrize("disk_format", UNKNOWN_TO_INSPECTORS)
def test_rich_format_is_no_other(disk: Callable[..., bytes], disk_format: str) -> None:
    with pytest.raises(FormatMismatch, match=f"{disk_format}.*qcow2"):
        judge(disk("qcow2"), disk_format)


@pytest.mark.parametrize("disk_format", ["aki", "ari"])
def test_kernel_has_a_boot_sector_without_a_table(disk_format: str) -> None:
    assert judge(boot_sector(b"\x33" * 64) + bytes(9999), disk_format) is None


@pytest.mark.parametrize("disk_format", ["aki", "ari", "ami"])
def test_partitioned_disk_is_no_kernel(disk_format: str) -> None:
    with pytest.raises(FormatMismatch):
        judge(boot_sector(GPT_ENTRY) + bytes(9999), disk_format)


@pytest.mark.parametrize("declared", [*RICH, "iso"])
@pytest.mark.parametrize("content", [b"", b"x" * 9999, boot_sector(GPT_ENTRY)])
def test_nothing_is_no_rich_format(declared: str, content: bytes) -> None:
    with pytest.raises(FormatMismatch, match=declared):
        judge(content, declared)


def test_one_format_is_not_another(disk: Callable[..., bytes]) -> None:
    with pytest.raises(FormatMismatch, match=r"vmdk.*qcow2"):
        judge(disk("qcow2"), "vmdk")


def test_other_containers_are_not_looked_at(disk: Callable[..., bytes]) -> None:
    assert judge(disk("qcow2"), "raw", container="ovf") is None


def test_mismatch_is_let_pass_without_enforcement(disk: Callable[..., bytes]) -> None:
    assert judge(disk("qcow2"), "raw", enforce=False) is None


def refused_always(content: bytes, *disk_formats: str) -> None:
    for disk_format in (*disk_formats, "raw"):
        for enforce in (True, False):
            with pytest.raises(UnsafeContent):
                judge(content, disk_format, enforce=enforce)


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


@pytest.mark.parametrize("disk_format", RICH)
def test_head_shows_the_format(disk: Callable[..., bytes], disk_format: str) -> None:
    assert detect(disk(disk_format)[: 64 << 10]) == disk_format


def several_heads() -> Iterator[tuple[bytes, str | None]]:
    yield b"", None
    yield bytes(100), "raw"
    yield boot_sector(GPT_ENTRY), "raw"
    yield iso(), "iso"
    yield on_top(boot_sector(GPT_ENTRY), iso()), "iso"
    yield on_top(b"QFI\xfb" + bytes(508), iso()), None


@pytest.mark.parametrize(("head", "name"), [*several_heads()])
def test_head_of_others_shows_what_it_can(head: bytes, name: str | None) -> None:
    assert detect(head) == name
