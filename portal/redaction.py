"""Text without secrets and without tricks: what a line of the log may hold of what others sent."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

MASK = "***"
SHORTEST = 6  # characters of a configured secret; a shorter one would be found in any word

NOT_YET = rf"(?!{re.escape(MASK)})"

TOKEN = re.compile(r"\b(v[a-z])_[A-Za-z0-9_-]{32,}")
"""What `new_secret` makes: the kind may be told."""

HEADER = re.compile(
    r"((?:x[-_](?:auth|subject|service|csrf)[-_]?token|authorization|cookie)"
    rf"[\"']?\s*[:=,]\s*[\"']?){NOT_YET}[^\"'\r\n]+",
    re.IGNORECASE,
)
"""A header that carries a secret, as clients, Python or WSGI write it; all of its value."""

COOKIE = re.compile(
    r"\b((?:session|csrf|csrftoken|csrfmiddlewaretoken)=)" + NOT_YET + r"[^;&\s\"']+"
)
FIELD = re.compile(
    r"(?<![\w-])([\w-]{0,40}?(?:passw(?:or)?d|secret|token|signature|(?:api|access)[-_]?key)"
    r"[\"']?\s*[:=]\s*[\"']?)" + NOT_YET + r"[^\s\"'&;,)}\]]+",
    re.IGNORECASE,
)
"""A key of a query, a form, a DSN or a dictionary that is called like a secret."""

QUERY = re.compile(r"([?&](?:code|state|key|sig|nonce)=)[^&\s\"']+", re.IGNORECASE)
USERINFO = re.compile(r"(://[^/\s:@\"']{0,256}:)[^\s\"']{1,512}@")
SCHEME = re.compile(r"\b((?:basic|bearer)\s+)[A-Za-z0-9+/=_.~-]{16,}", re.IGNORECASE)
RESET = re.compile(r"(?<![\w-])[a-z0-9]{5,8}-[0-9a-f]{32}(?![\w-])")
"""The token of a password reset."""

JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){1,4}")

KEPT = (HEADER, COOKIE, USERINFO, FIELD, QUERY, SCHEME)
WHOLE = (RESET, JWT)


class Redaction:
    """Takes *known* secrets out of text, and what looks like one."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        words = sorted({word for word in known if len(word) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, text: str) -> str:
        """Return *text* with a mask in place of each secret."""
        if self._known:
            text = self._known.sub(MASK, text)
        text = TOKEN.sub(rf"\1_{MASK}", text)
        for pattern in WHOLE:
            text = pattern.sub(MASK, text)
        for pattern in KEPT:
            end = "@" if pattern is USERINFO else ""
            text = pattern.sub(rf"\1{MASK}{end}", text)
        return text


def configured_secrets() -> set[str]:
    """Return the secrets that the environment configures, by what the variables are called."""
    found = set()
    for name, value in os.environ.items():
        if name.startswith("VITRINE_") and value:
            if name.endswith(("_SECRET", "_SECRET_KEY", "_PASSWORD", "_TOKEN", "_ACCESS_KEY")):
                found.add(value)
            found |= _of_url(value)
    return found


def _of_url(value: str) -> set[str]:
    """Return the password in *value*, as it is written there and as it is meant."""
    try:
        password = urlsplit(value).password or ""
    except ValueError:  # no URL at all
        return set()
    return {password, unquote(password)} - {""}


def encoded(text: str) -> str:
    """Return *text* on one line, with nothing that moves a cursor, a direction or an eye.

    Line ends, escapes, and marks of direction or without width are written as Python writes them.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
