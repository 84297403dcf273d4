"""One image by its id: prepared questions, since almost every request asks one."""

from __future__ import annotations

import uuid
from functools import cache

from images.errors import NotVisible
from images.ids import read_id
from images.models.image import PK, Image
from images.prepared import Prepared


def find_image(pk: str) -> Image:
    """Return the image of that id, whoever asks, or raise `NotVisible`."""
    return _found(_living(), pk)


def find_whole(pk: str) -> Image:
    """Return the image of that id with its parts, whoever asks, or raise `NotVisible`."""
    return _found(_whole(), pk)


def find_remembered(pk: str) -> Image:
    """Return the image of that id, deleted or not, whoever asks, or raise `NotVisible`."""
    return _found(_remembered(), pk)


def _found(question: Prepared[Image], pk: str) -> Image:
    try:
        found = question.ask(pk=read_id(pk))
    except ValueError:
        found = []
    if not found:
        raise NotVisible(f"No image found with ID {pk}.")
    return found[0]


def find_locked(pk: uuid.UUID) -> Image:
    """Return the image of that id as it is now, deleted or not, locked until the transaction ends.

    Its tags and properties are asked for after it: what was gathered before a lock that had to be
    waited for would be old. Raises `NotVisible` for an id that never was.
    """
    return _found(_locked(), str(pk))


@cache
def _living() -> Prepared[Image]:
    return Prepared(Image.objects.filter(pk=PK))


@cache
def _remembered() -> Prepared[Image]:
    return Prepared(Image.remembered.filter(pk=PK))


@cache
def _whole() -> Prepared[Image]:
    return Prepared(Image.objects.with_parts().filter(pk=PK))


@cache
def _locked() -> Prepared[Image]:
    return Prepared(Image.remembered.select_for_update().filter(pk=PK))
