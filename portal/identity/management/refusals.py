"""Refusals of acts, said to whoever runs a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from portal.identity.errors import IdentityError


@contextmanager
def command_errors() -> Iterator[None]:
    """Say a refused act in one sentence, without a traceback."""
    try:
        yield
    except IdentityError as refusal:
        raise CommandError(str(refusal)) from refusal
