from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import override

from images import errors as images
from images.api.errors import STATUS
from portal.identity import errors as identity
from portal.refusals import FORMAT, IN_TRASH, OUTLINES, OVER_QUOTA, SENTENCES, Refusal, in_words
from stores import errors as stores

if TYPE_CHECKING:
    from collections.abc import Iterator

BY_FACTS = {images.OverQuota, stores.FormatMismatch, identity.BadField}
CHINESE = range(0x4E00, 0xA000)


def kinds_below(*roots: type[BaseException]) -> Iterator[type[BaseException]]:
    """Yield every class of error that derives from one of *roots*."""
    for root in roots:
        for kind in root.__subclasses__():
            yield kind
            yield from kinds_below(kind)


def test_every_error_has_its_words() -> None:
    reaching = {*kinds_below(*Refusal), *STATUS}

    assert reaching - SENTENCES.keys() - OUTLINES.keys() - BY_FACTS == set()


def test_words_are_in_the_language_of_the_reader() -> None:
    sentences = [*SENTENCES.values(), *OUTLINES.values(), OVER_QUOTA, IN_TRASH, FORMAT]

    with override("zh-hans"):
        told = [str(sentence) for sentence in sentences]

    assert [text for text in told if not any(ord(letter) in CHINESE for letter in text)] == []


def test_where_its_own_text_is_understood_an_error_tells_its_facts() -> None:
    error = images.OverLimit("An image may have 2 tags, not 3.")

    with override("en"):
        assert in_words(error) == "An image may have 2 tags, not 3."
    with override("zh-hans"):
        assert in_words(error) == str(OUTLINES[images.OverLimit])


def test_formats_are_told_in_every_language() -> None:
    with override("zh-hans"):
        told = in_words(stores.FormatMismatch("iso", "qcow2"))
        sentence = str(FORMAT)

    assert told == sentence % {"declared": "iso", "found": "qcow2"}


def test_a_validator_speaks_for_itself() -> None:
    refusal = ValidationError(["Too short.", "Too common."])

    assert in_words(identity.BadField(refusal)) == "Too short. Too common."
