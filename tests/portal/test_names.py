from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils.translation import override

from portal.configuration.stores import configured_stores
from portal.names import store_name
from stores.backends.memory import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Files on this server"), ("zh-hans", "本服务器上的文件")]
)
def test_our_own_words_for_a_store_are_translated(tmp_path: Path, language: str, said: str) -> None:
    stores, _ = configured_stores(tmp_path)

    with override(language):
        assert store_name(MemoryStore("file", description=stores["file"]["DESCRIPTION"])) == said


@pytest.mark.parametrize(
    ("description", "said"), [("Keller, Reihe 3", "Keller, Reihe 3"), ("", "a")]
)
def test_an_operators_words_are_shown_as_they_are(description: str, said: str) -> None:
    with override("zh-hans"):
        assert store_name(MemoryStore("a", description=description)) == said
