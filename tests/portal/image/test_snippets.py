from __future__ import annotations

import pytest

from portal.image.snippets import in_hcl


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("debian-13", '"debian-13"'),
        ('say "ubuntu"\\', '"say \\"ubuntu\\"\\\\"'),
        ("${var.secret} %{if true}", '"$${var.secret} %%{if true}"'),
        ("系统\n", '"系统\\n"'),
    ],
)
def test_names_are_texts_in_hashicorps_language(text: str, quoted: str) -> None:
    assert in_hcl(text) == quoted
