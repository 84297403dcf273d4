"""What orjson writes, and what it leaves to DRF's renderer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer

from images.api.renderer import QuickJSONRenderer
from images.states import Status

ANSWERS: list[Any] = [
    {
        "name": "Ünïcode 镜像 💿",
        "tags": [],
        "size": 2**63 - 1,
        "checksum": None,
        "protected": False,
    },
    {"status": Status.ACTIVE, "tab\t": '"\\/\x00\x7f'},
    {"default": 2**64 + 1},
    {"default": 0.1},
    {7: "a key that is no text"},
    {"title": gettext_lazy("Not here")},
    [],
    "text",
]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_an_answer_says_what_the_framework_would_say(answer: Any) -> None:
    rendered = QuickJSONRenderer().render(answer)
    assert json.loads(rendered) == json.loads(JSONRenderer().render(answer))


def test_no_answer_is_an_empty_body() -> None:
    assert QuickJSONRenderer().render(None) == b""


def test_what_no_json_can_say_is_refused() -> None:
    with pytest.raises(TypeError):
        QuickJSONRenderer().render({"what": object()})
