from __future__ import annotations

import pytest

from portal.identity.keys import digest, is_id, new_id, new_secret


def test_new_secret_has_256_random_bits_and_a_kind() -> None:
    secret = new_secret("vt")

    kind, _, random = secret.partition("_")
    assert (kind, len(random)) == ("vt", 43)
    assert new_secret("vt") != secret


def test_new_id_is_an_id() -> None:
    assert is_id(new_id())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 31,
        "0" * 33,
        "G" * 32,
        "A" * 32,
        "0" * 32 + "\n",
        "\N{ARABIC-INDIC DIGIT ZERO}" * 32,
    ],
)
def test_nothing_else_is_an_id(text: str) -> None:
    assert not is_id(text)


def test_digest_is_sha256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
