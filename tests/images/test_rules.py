from __future__ import annotations

from pathlib import Path

import pytest

from images.actors import NOBODY
from images.errors import BadRules
from images.rules import Condition, read_texts, rule

CONDITIONS: dict[str, Condition[int]] = {
    "even": lambda actor, number: number % 2 == 0,
    "small": lambda actor, number: number < 5,
    "square": lambda actor, number: number in {1, 4, 9, 16},
}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("even", [0, 2, 4, 6, 8]),
        ("not even", [1, 3, 5, 7, 9]),
        ("even and small", [0, 2, 4]),
        ("even and not small", [6, 8]),
        ("square or even and small", [0, 1, 2, 4, 9]),
        (" square\n or  not small ", [1, 4, 5, 6, 7, 8, 9]),
    ],
)
def test_rule_allows_what_its_words_say(text: str, allowed: list[int]) -> None:
    found = rule(text, CONDITIONS)

    assert [number for number in range(10) if found.allows(NOBODY, number)] == allowed


def test_rule_is_told_as_it_was_written() -> None:
    assert str(rule("square or even  and not small", CONDITIONS)) == (
        "square or even and not small"
    )


def test_rule_explains_each_of_its_alternatives() -> None:
    found = rule("square or even and not small", CONDITIONS)

    assert list(found.explained(NOBODY, 2)) == ["no  square: no", "no  even: yes, not small: no"]
    assert list(found.explained(NOBODY, 6)) == ["no  square: no", "yes  even: yes, not small: yes"]


@pytest.mark.parametrize(
    "text", ["", "odd", "even or", "and even", "even small", "not not even", "(even)", "Even"]
)
def test_rule_in_other_words_is_refused(text: str) -> None:
    with pytest.raises(BadRules, match="known are even, small, square"):
        rule(text, CONDITIONS)


def test_file_holds_a_text_for_each_action(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('delete = "admin"\n# no others\n', encoding="utf-8")

    assert read_texts(str(file)) == {"delete": "admin"}


@pytest.mark.parametrize("content", [b"delete", b"delete = 1", b"\xff", b"[images]\na = 'b'"])
def test_file_of_another_form_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(content)

    with pytest.raises(BadRules, match=str(file)):
        read_texts(str(file))
