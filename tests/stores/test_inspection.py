"""Formats of real files, most of them made by qemu-img, judged as section 18 of the wire says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from stores.base import MIB
from stores.errors import FormatMismatch
from stores.inspection import HEAD, detect
from tests.stores.disks import GIB, GPT_ENTRY, RICH, boot_sector, iso, judge

UNKNOWN_TO_INSPECTORS = ["ami", "ari", "aki", "ploop"]


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
