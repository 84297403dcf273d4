"""Random ids and secrets, and what is kept of a secret.

A secret has 256 random bits: its plain SHA-256 needs neither salt nor stretching.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from uuid import uuid4

ID = re.compile(r"[0-9a-f]{32}")
SECRET_BYTES = 32
VISIBLE = 8  # characters of a secret that its owner may see again, to know it by


def new_id() -> str:
    """Return a new public id: 32 hexadecimal digits."""
    return uuid4().hex


def is_id(text: str) -> bool:
    """Tell whether *text* could be the public id of anything."""
    return ID.fullmatch(text) is not None


def new_secret(kind: str) -> str:
    """Return a new secret of 256 random bits; *kind* tells a finder what it opens."""
    return f"{kind}_{secrets.token_urlsafe(SECRET_BYTES)}"


def is_token(text: str) -> bool:
    """Tell whether *text* has the form of a token of ours, which no Keystone gives."""
    return text.startswith("vt_")


def digest(secret: str) -> str:
    """Return what is stored of *secret*: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
