from __future__ import annotations

import pytest
from django.utils.translation import override

from portal.quotas.amounts import NotAnAmount, read_amount, typed_amount, write_amount
from quotas.models import Resource

SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL
GIB = 1 << 30


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500 GiB", 500 * GIB),
        ("500gib", 500 * GIB),
        ("500 G", 500 * GIB),
        ("500 GB", 500 * 10**9),
        ("1.5 TiB", 1536 * GIB),
        (" 1000 ", 1000),
        ("1000 B", 1000),
        ("0", 0),
        ("0.5 KiB", 512),
        ("\uff15\uff10\uff10 \uff27\uff49\uff22", 500 * GIB),
        ("7.7\N{NO-BREAK SPACE}GiB", 8267812044),
        ("-1", -1),
        ("no limit", -1),
        ("No  Limit", -1),
        ("unlimited", -1),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_bytes_are_read(text: str, amount: int) -> None:
    assert read_amount(text, SIZE) == amount


@pytest.mark.parametrize(
    "text",
    ["", "much", "-2", "-5 GiB", "1,5 TiB", "1 000", "5 GiB 3", "GiB", "5 YiB", "1e9", "0x10",
     "9223372036854775808", "8 EiB", "9" * 30, "٣", "1.5.5 GiB", "nan", "5 GiBs", "inf"],
)  # fmt: skip
def test_other_texts_are_no_bytes(text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(text, SIZE)


@pytest.mark.parametrize(("text", "amount"), [("12", 12), ("0", 0), ("-1", -1), ("no limit", -1)])
def test_counts_are_read(text: str, amount: int) -> None:
    assert read_amount(text, COUNT) == amount


@pytest.mark.parametrize("text", ["1.5", "12 GiB", "12 B", "-2", "", "twelve"])
def test_other_texts_are_no_counts(text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(text, COUNT)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(500 * GIB, "500 GiB"), (1536 * GIB, "1536 GiB"), (1000, "1000 B"), (0, "0 B"),
     (-1, "no limit"), (2**62, "4 EiB"), (2**63 - 1, "9223372036854775807 B")],
)  # fmt: skip
def test_bytes_are_written_as_they_are_read(amount: int, text: str) -> None:
    assert write_amount(amount, SIZE) == text
    assert read_amount(text, SIZE) == amount


def test_no_limit_is_typed_and_read_in_the_language_of_the_page() -> None:
    with override("zh-hans"):
        typed = typed_amount(-1, COUNT)
        found = read_amount(typed, COUNT)

    assert (typed, found) == ("无限额", -1)
    assert write_amount(12, COUNT) == "12"
