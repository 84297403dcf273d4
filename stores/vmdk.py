"""Whether a VMDK is all in its one file: what its descriptor may say, and where it must end."""

from __future__ import annotations

import re
import struct

SPARSE, OLD_SPARSE = b"KDMV", b"COWD"
HEADER = struct.Struct("<4s8xQ8xQQ")  # capacity, place and length of the descriptor, in sectors
SECTOR = 512

_TEXT = re.compile(rb"(?:#[^\n]*\n| *\r?\n)*+version=[123]\r?\n")
# What QEMU takes for a text descriptor; the inspector knows those of plain ASCII alone.
_PARENT = re.compile(rb"parentcid\s*+=\s*+(?!ffffffff\b)|parentfilenamehint")
_EXTENT = re.compile(
    rb"^[^\S\n]*+(?:rw|rdonly|noaccess)[^\S\n]++\S++[^\S\n]++(?!sparse\b)", re.MULTILINE
)


def is_other_vmdk(head: bytes) -> bool:
    """Tell whether *head* begins a VMDK of a kind that no image may be.

    It is a descriptor without its disk, or a sparse disk of the time before there were descriptors.
    """
    return head.startswith(OLD_SPARSE) or _TEXT.match(head[: 4 * SECTOR]) is not None


def names_other_files(head: bytes) -> bool:
    """Tell whether the sparse VMDK that begins with *head* may lead to more than itself.

    One that does not has a capacity and a descriptor, whole in its declared length and ended by a
    nul, with one `createType` whatever its case, no parent, and extents like the file itself.
    """
    if len(head) < HEADER.size or not head.startswith(SPARSE):
        return False
    _, capacity, _, length = HEADER.unpack_from(head)
    text, nul, _ = head[SECTOR:].partition(b"\0")
    told = text.lower()
    return (
        not capacity
        or not nul
        or len(text) > length * SECTOR
        or told.count(b"createtype") != 1
        or _PARENT.search(told) is not None
        or _EXTENT.search(told) is not None
    )
