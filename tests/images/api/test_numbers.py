from __future__ import annotations

import pytest

from images.api.errors import BadRequest
from images.api.numbers import MOST, read_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("0007", 7), ("0" * 9000 + "7", 7), (str(MOST), MOST)]
)
def test_whole_number_is_read(text: str, number: int) -> None:
    assert read_number("x", text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "+1", "1.0", "1e3", "1_0", "0x1", "\u0665", "1\n", str(MOST + 1), "9" * 5000],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="'x'"):
        read_number("x", text)


def test_least_number_may_be_below_nothing() -> None:
    assert read_number("x", f"-{'0' * 9000}5", least=-MOST) == -5
