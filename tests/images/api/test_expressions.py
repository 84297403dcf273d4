"""Every regular expression of ours, on the worst text of its kind: none may take long."""

from __future__ import annotations

import pkgutil
import re
import time
from importlib import import_module
from typing import Any

import pytest

import images
import portal
import quotas
import stores
from images.api.filters import ESCAPED
from images.api.patch import BAD_ESCAPE
from portal.server.connection import HEAD_END

LENGTH = 64 * 1024
PIECES = [
    " ",
    '"',
    "\\",
    ",",
    "a",
    "0",
    "-",
    ".",
    "/",
    "~",
    "\n",
    "\r\n",
    "A",
    "ab:",
    '" ',
    "\\a",
    " ,",
    "bytes=",
]
PROCESSES = {"portal.gunicorn", "portal.wsgi", "portal.settings"}
"""Modules that make a process what it is, and hold no expression."""
SEARCHED = {BAD_ESCAPE, ESCAPED, HEAD_END}
"""Those that are looked for within a text; the others have to be its beginning, or all of it."""
ENDS = ["", "x", '"', "\0", ",", ":"]


def expressions() -> list[re.Pattern[Any]]:
    """Return every compiled expression that a module of ours holds."""
    found = set()
    for package in (images, portal, quotas, stores):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and module.name not in PROCESSES:
                found |= set(filter(is_expression, vars(import_module(module.name)).values()))
    return sorted(found, key=lambda expression: repr(expression.pattern))


def is_expression(value: object) -> bool:
    return isinstance(value, re.Pattern)


@pytest.mark.parametrize(
    "expression", expressions(), ids=lambda expression: repr(expression.pattern)
)
def test_expression_does_not_backtrack(expression: re.Pattern[Any]) -> None:
    for piece in PIECES:
        for start in ("", '"', "bytes=", "bytes 0-", "-"):
            for end in ENDS:
                text: Any = start + piece * (LENGTH // len(piece)) + end
                text = text if isinstance(expression.pattern, str) else text.encode()
                began = time.process_time()
                expression.match(text)
                if expression in SEARCHED:
                    expression.search(text)
                expression.fullmatch(text)
                assert time.process_time() - began < 0.5, (start, piece, end)
