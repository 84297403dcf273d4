"""Hashes whose state can be written down: the contexts of OpenSSL's libcrypto.

hashlib's objects are made of these, and show nothing of their state. `MD5_Init`, `SHA512_Update`
and so on (man 3 MD5, man 3 SHA256_Init) keep theirs in a plain C struct without pointers, whose
bytes are all there is to keep. ctypes gives the GIL back while they work, as hashlib does.
"""

from __future__ import annotations

import _hashlib
import ctypes
import platform
import ssl
from dataclasses import dataclass

LIBRARY = ctypes.CDLL(_hashlib.__file__)
"""What hashlib itself is linked to, whatever its version."""
RELEASE = f"{ssl.OPENSSL_VERSION} {platform.machine()}"
"""Whose structs they are: another release may lay them out otherwise."""


@dataclass(frozen=True, slots=True)
class Kind:
    """An algorithm as libcrypto knows it: what its functions begin with, and sizes in bytes."""

    prefix: str
    context: int
    digest: int


KINDS = {
    "md5": Kind("MD5", context=92, digest=16),
    "sha256": Kind("SHA256", context=112, digest=32),
    "sha512": Kind("SHA512", context=216, digest=64),
}
"""Sizes of `MD5_CTX` in openssl/md5.h, of `SHA256_CTX` and `SHA512_CTX` in openssl/sha.h."""


class Context:
    """A hash by the algorithm *name*, from the beginning or from a *state* on.

    Raises `KeyError` for an algorithm that is not there, `ValueError` for what is no state of it.
    """

    def __init__(self, name: str, state: bytes = b"") -> None:
        self.name = name
        self._kind = kind = KINDS[name]
        if state and len(state) != kind.context:
            raise ValueError(f"A state of {name} has {kind.context} bytes, not {len(state)}.")
        self._struct = ctypes.create_string_buffer(state, kind.context)
        self._update = LIBRARY[f"{kind.prefix}_Update"]
        self._update.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        if not state:
            LIBRARY[f"{kind.prefix}_Init"](self._struct)

    def update(self, block: bytes) -> None:
        """Hash *block*."""
        self._update(self._struct, block, len(block))

    def state(self) -> bytes:
        """Return what another context goes on from."""
        return self._struct.raw

    def hexdigest(self) -> str:
        """Return the digest of what came so far, as hexadecimal digits; more may come."""
        last = ctypes.create_string_buffer(self.state(), self._kind.context)
        digest = ctypes.create_string_buffer(self._kind.digest)
        LIBRARY[f"{self._kind.prefix}_Final"](digest, last)
        return digest.raw.hex()
