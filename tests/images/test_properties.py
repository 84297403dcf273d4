from __future__ import annotations

from typing import Any

import pytest

from images.errors import BadValue, OverLimit, ReadOnlyField
from images.properties import check_name, check_value


@pytest.mark.parametrize(
    "name", ["location", "deleted", "deleted_at", "os_glance", "os_glance_import_task"]
)
def test_reserved_name_is_read_only(name: str) -> None:
    with pytest.raises(ReadOnlyField, match=name):
        check_name(name)


@pytest.mark.parametrize("name", ["", "k" * 256])
def test_name_of_a_length_that_no_property_has_is_refused(name: str) -> None:
    with pytest.raises(BadValue):
        check_name(name)


@pytest.mark.parametrize("name", ["k", "k" * 255, "locations_of", "a/b~c", "😀"])
def test_any_other_name_will_do(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("value", [1, True, None, 1.5, [], {}])
def test_value_must_be_text(value: Any) -> None:
    with pytest.raises(BadValue, match="'k' must be a string"):
        check_value("k", value)


@pytest.mark.parametrize("value", ["", "v" * 65_535, "😀"])
def test_text_is_kept_as_it_is(value: str) -> None:
    assert check_value("k", value) == value


def test_flood_of_text_is_over_the_limit() -> None:
    with pytest.raises(OverLimit, match="65535"):
        check_value("k", "v" * 65_536)
