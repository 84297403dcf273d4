from __future__ import annotations

import pytest

from portal.templatetags.vitrine import marked


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Debian 13", "Debian 13"),
        ("a\u202eb", "a⟨202E⟩b"),
        ("a\u00a0b 😀", "a\u00a0b 😀"),
        ("", ""),
        (" \u00a0", "⟨0020⟩⟨00A0⟩"),
        ("\u3164 \u2800", "⟨3164⟩ ⟨2800⟩"),
    ],
)
def test_what_nobody_would_see_is_marked(text: str, seen: str) -> None:
    assert marked(text) == seen
