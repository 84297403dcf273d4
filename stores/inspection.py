"""What the bytes are: the format of a stream, if it is the declared one, and if it is safe."""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING

from oslo_utils.imageutils import format_inspector

from stores.errors import FormatMismatch, UnsafeContent
from stores.vmdk import is_other_vmdk, names_other_files

if TYPE_CHECKING:
    from oslo_utils.imageutils.format_inspector import FileInspector

logger = logging.getLogger(__name__)

HEAD = 1 << 20
"""Bytes that `Inspection.feed` must get first, in one piece: the longest text VMDK descriptor."""
SECTOR = 512
MOST_VIRTUAL = (1 << 63) - 1
"""Bytes; no disk is larger, and no database column holds more."""

RAW_LIKE = frozenset({"gpt", "iso"})
"""What a raw disk may look like: a partition table, a hybrid ISO."""
KERNELS = frozenset({"aki", "ari"})
"""A kernel's boot sector has the signature of a partition table, but no table."""

# The inspectors parse what strangers send; these are the ways in which that fails.
_PARSING = (
    format_inspector.ImageFormatError,
    struct.error,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    OverflowError,
)


class Inspection:
    """Judge one stream by the Image API's rules on formats (wire contract, section 18).

    Only a `bare` container is looked at. Without *enforce* a mismatch is only logged; unsafe
    content is refused all the same.
    """

    def __init__(self, disk_format: str, container_format: str, *, enforce: bool) -> None:
        self.disk_format = disk_format
        self._enforce = enforce
        self._recognition = Recognition() if container_format == "bare" else None

    def feed(self, block: bytes) -> None:
        """Look at the next *block*; the first holds `HEAD` bytes unless the stream is shorter."""
        if self._recognition:
            self._recognition.feed(block)

    @property
    def wants_more(self) -> bool:
        """May what comes next change the judgement?"""
        return self._recognition is not None and self._recognition.wants_more

    def finish(self, size: int) -> int | None:
        """Return the virtual size in bytes, where there is one, of the *size* bytes that passed.

        Raises `UnsafeContent`, and `FormatMismatch` with both formats in its text.
        """
        if self._recognition is None:
            return None
        found = self._recognition.finish()
        if self.disk_format in KERNELS and found.keys() == {"gpt"} and safety_trouble(found["gpt"]):
            found = {}
        if found and size < SECTOR:
            raise UnsafeContent(f"The content, {', '.join(found)}, breaks off in its header.")
        refuse_unsafe(found)
        try:
            return self._virtual_size(found, size)
        except FormatMismatch as mismatch:
            if self._enforce:
                raise
            logger.warning("%s", mismatch)
            return None

    def _virtual_size(self, found: dict[str, FileInspector], size: int) -> int | None:
        name = next(iter(found), "raw")
        if self.disk_format == "raw" and (not found or name in RAW_LIKE):
            return size or None
        if self.disk_format == name:
            return _declared_virtual_size(found[name])
        if not found and self.disk_format not in format_inspector.ALL_FORMATS:
            return None
        raise FormatMismatch(self.disk_format, name)


class Recognition:
    """Which formats a passing stream matches, by oslo.utils' inspectors."""

    def __init__(self) -> None:
        kinds = format_inspector.ALL_FORMATS.items()
        self._inspectors = {name: kind() for name, kind in kinds if name != "raw"}
        self._hungry = dict(self._inspectors)
        self._seen = 0
        self._is_other_vmdk = False

    def feed(self, block: bytes) -> None:
        """Show *block* to those inspectors that have not seen enough."""
        if not self._hungry:
            return
        if not self._seen and len(block) > HEAD:
            self.feed(block[:HEAD])
            block = block[HEAD:]
        elif not self._seen:
            self._look_at_vmdk(block)
        self._seen += len(block)
        for name, inspector in list(self._hungry.items()):
            if not _eats(inspector, block):
                del self._hungry[name]

    def _look_at_vmdk(self, head: bytes) -> None:
        self._is_other_vmdk = is_other_vmdk(head)
        if names_other_files(head):
            self._inspectors["vmdk"].add_safety_check(format_inspector.SafetyCheck.banned())

    @property
    def wants_more(self) -> bool:
        """Is there an inspector that has not seen enough?"""
        return not self._seen or bool(self._hungry)

    def finish(self) -> dict[str, FileInspector]:
        """Return the inspectors that match, by name; none for what is raw, `iso` for a hybrid."""
        if 0 < self._seen < SECTOR:
            # A disk is read in whole sectors, so a header that breaks off in the first one counts.
            self.feed(bytes(SECTOR - self._seen))
        for inspector in self._inspectors.values():
            inspector.finish()
        found = {name: one for name, one in self._inspectors.items() if _matches(one)}
        if self._is_other_vmdk:
            found["vmdk"] = self._inspectors["vmdk"]
        if found.keys() == {"iso", "gpt"}:
            del found["gpt"]
        return found


def detect(head: bytes) -> str | None:
    """Name the format of a stream by its first bytes (34 KiB show every format).

    None when there are no bytes, or when they match several formats at once.
    """
    recognition = Recognition()
    recognition.feed(head)
    names = [*recognition.finish()]
    if not head or len(names) > 1:
        return None
    return "raw" if names in ([], ["gpt"]) else names[0]


def refuse_unsafe(found: dict[str, FileInspector]) -> None:
    """Raise `UnsafeContent` for several formats at once, and for one that fails its checks."""
    if len(found) > 1:
        raise UnsafeContent(f"The content is several formats at once: {', '.join(sorted(found))}.")
    for name, inspector in found.items():
        if trouble := safety_trouble(inspector):
            raise UnsafeContent(f"The content, {name}, failed its safety checks: {trouble}.")


def safety_trouble(inspector: FileInspector) -> str:
    """Return what is unsafe about a format that matched, or an empty text."""
    try:
        inspector.safety_check()
    except format_inspector.SafetyCheckFailed as failed:
        return ", ".join(sorted(failed.failures))
    except _PARSING:
        return "its header cannot be read"
    return ""


def _eats(inspector: FileInspector, block: bytes) -> bool:
    """Feed *inspector*; tell whether it wants more."""
    try:
        inspector.eat_chunk(block)
    except _PARSING:
        return False
    return not inspector.complete


def _matches(inspector: FileInspector) -> bool:
    try:
        return inspector.format_match
    except _PARSING:
        return False


def _declared_virtual_size(inspector: FileInspector) -> int | None:
    try:
        size = inspector.virtual_size
    except _PARSING as trouble:
        raise UnsafeContent(f"The header of the {inspector} image cannot be read.") from trouble
    if not size and inspector.NAME == "vhdx":  # its tables, which tell it, were not there
        raise UnsafeContent("The content, vhdx, breaks off before its size, or does not tell it.")
    if size > MOST_VIRTUAL:
        raise UnsafeContent(f"The {inspector} image claims to hold a disk of {size} bytes.")
    return size or None
