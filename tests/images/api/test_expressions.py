"""Every regular expression of ours, on the worst text of its kind: none may take long."""

from __future__ import annotations

import pkgutil
import re
import time
from importlib import import_module

import pytest

import images
import stores

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
    "ab:",
    '" ',
    "\\a",
    " ,",
    "bytes=",
]
ENDS = ["", "x", '"', "\0", ",", ":"]


def expressions() -> list[re.Pattern[str]]:
    """Return every compiled expression that a module of `images` or `stores` holds."""
    found = set()
    for package in (images, stores):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and ".admin" not in module.name:
                found |= set(filter(is_text, vars(import_module(module.name)).values()))
    return sorted(found, key=lambda expression: expression.pattern)


def is_text(value: object) -> bool:
    return isinstance(value, re.Pattern) and isinstance(value.pattern, str)


@pytest.mark.parametrize("expression", expressions(), ids=lambda expression: expression.pattern)
def test_expression_does_not_backtrack(expression: re.Pattern[str]) -> None:
    for piece in PIECES:
        for start in ("", '"', "bytes=", "bytes 0-", "-"):
            for end in ENDS:
                text = start + piece * (LENGTH // len(piece)) + end
                began = time.process_time()
                expression.match(text)
                expression.fullmatch(text)
                assert time.process_time() - began < 0.5, (start, piece, end)
