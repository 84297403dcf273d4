from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import override

from images.errors import WrongState
from portal.refusals import SENTENCES
from tests.images.api.door import Door

if TYPE_CHECKING:
    from images.models import Image

CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}


def test_a_page_is_told_in_its_readers_language(owner_door: Door, image: Image) -> None:
    page = CHINESE | {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}

    told = owner_door.upload(image, b"other bytes", **page).json()

    assert told["message"] == "The image's status does not allow this: active."
    with override("zh-hans"):
        assert told["told"] == str(SENTENCES[WrongState])


def test_a_program_is_told_what_the_api_says_alone(owner_door: Door, image: Image) -> None:
    told = owner_door.upload(image, b"other bytes", **CHINESE).json()

    assert sorted(told) == ["code", "message", "title"]
