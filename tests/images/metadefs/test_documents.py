from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import BadValue, ReadOnlyField
from images.metadefs.definitions import NAMESPACE, PROPERTY
from images.metadefs.documents import read_namespace, read_object, read_property
from tests.images.metadefs.shown import EVERYTHING, TITLE

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMESPACE, *PROPERTY]), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_namespace_is_read_with_all_parts_even_if_there_are_none() -> None:
    assert read_namespace({"namespace": "n"}) == {
        "namespace": "n",
        "properties": {},
        "objects": [],
        "tags": [],
        "resource_type_associations": [],
    }


def test_property_is_kept_without_its_name() -> None:
    definition = {key: EVERYTHING[key] for key in EVERYTHING if key != "name"}

    assert read_property(EVERYTHING) == {"name": "p", "definition": definition}


def test_object_of_an_answer_is_read_again() -> None:
    nested = {"name": "o", "created_at": "x", "updated_at": "x", "self": "x", "schema": "x"}

    document = read_namespace({"namespace": "n", "objects": [nested]})

    assert document["objects"] == [read_object({"name": "o"})]


@pytest.mark.parametrize("value", [None, [], "n", 1, {}, {"namespace": "n", "x": 1}])
def test_what_is_no_namespace_is_refused(value: Any) -> None:
    with pytest.raises(BadValue):
        read_namespace(value)


@given(VALUES | st.dictionaries(st.sampled_from([*NAMESPACE]), VALUES, max_size=4))
def test_whatever_comes_is_read_or_refused(value: Any) -> None:
    for sent in (value, {"namespace": "n", "properties": {"p": TITLE | {"default": value}}}):
        with suppress(BadValue, ReadOnlyField):
            assert read_namespace(sent)["namespace"]
