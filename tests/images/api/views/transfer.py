"""Bytes that go in and out."""

from __future__ import annotations

from typing import Any

TEN = b"0123456789"


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)
