"""What can go wrong with bytes.

StoreError
├── ObjectMissing        no object of that key
├── ObjectExists         the key is taken
├── ObjectInUse          something depends on the object (a clone of its snapshot)
├── BadKey               a key that this store would never give
├── BadAddress           a URL that no store may take data from
├── UnknownStore         no store of that name is configured
├── StoreReadOnly        the store takes no data
├── StoreFull            no room left
├── StoreDown            the store does not answer; trying later may help
└── BadUpload            the bytes themselves are refused
    ├── TooLarge         more bytes than the session's limit
    ├── SizeMismatch     not as many bytes as were declared
    ├── ChecksumMismatch the bytes do not hash to what was expected
    ├── FormatMismatch   the content is not of the declared format
    └── UnsafeContent    the content refers to, or hides, something outside of itself
"""

from __future__ import annotations


class StoreError(Exception):
    """Any trouble of a store; its text is fit for people and holds no secret."""


class ObjectMissing(StoreError):
    """No object of that key is in the store."""


class ObjectExists(StoreError):
    """An object of that key is there already."""


class ObjectInUse(StoreError):
    """Something depends on the object, so it can neither be removed nor replaced."""


class BadKey(StoreError):
    """A key that no upload of ours would ever have."""


class BadAddress(StoreError):
    """A URL from which no store takes data: of a wrong kind, of another image, or fenced off."""


class UnknownStore(StoreError):
    """No store of that name is configured."""


class StoreReadOnly(StoreError):
    """The store serves data but takes none."""


class StoreFull(StoreError):
    """The store has no room for these bytes."""


class StoreDown(StoreError):
    """The store does not answer now; the same act may succeed later."""


class BadUpload(StoreError):
    """The bytes themselves are refused; nothing of them is kept."""


class TooLarge(BadUpload):
    """More bytes came than the session's limit allows."""


class SizeMismatch(BadUpload):
    """Fewer or more bytes came than were declared."""


class ChecksumMismatch(BadUpload):
    """The bytes do not hash to what their sender expects."""


class FormatMismatch(BadUpload):
    """The content is not of the *declared* disk format, but of the *found* one."""

    def __init__(self, declared: str, found: str) -> None:
        super().__init__(f"The disk format is said to be {declared}, but the content is {found}.")
        self.declared, self.found = declared, found


class UnsafeContent(BadUpload):
    """The content refers to, or hides, something outside of itself."""
