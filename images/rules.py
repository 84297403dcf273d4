"""Rules: who may do what, written as conditions that `and`, `or` and `not` join."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from images.actors import Actor
from images.errors import BadRules

Subject = TypeVar("Subject")
Condition = Callable[[Actor, Subject], bool]


@dataclass(frozen=True, slots=True)
class Term(Generic[Subject]):
    """One condition of a rule, which must hold or (`not`) must not."""

    name: str
    condition: Condition[Subject]
    wanted: bool

    def __str__(self) -> str:
        return self.name if self.wanted else f"not {self.name}"

    def holds(self, actor: Actor, subject: Subject) -> bool:
        """Is it so for *actor* and *subject*?"""
        return self.condition(actor, subject) is self.wanted


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """What must hold: all terms of one of the *alternatives*, which are asked in their order."""

    alternatives: tuple[tuple[Term[Subject], ...], ...]

    def __str__(self) -> str:
        return " or ".join(" and ".join(map(str, terms)) for terms in self.alternatives)

    def allows(self, actor: Actor, subject: Subject) -> bool:
        """Does one of the alternatives hold?"""
        return any(all(term.holds(actor, subject) for term in terms) for terms in self.alternatives)

    def explained(self, actor: Actor, subject: Subject) -> Iterator[str]:
        """Yield a line for each alternative, with the answer to each of its terms."""
        for terms in self.alternatives:
            answers = {str(term): term.holds(actor, subject) for term in terms}
            verdict = "yes" if all(answers.values()) else "no"
            told = ", ".join(f"{name}: {'yes' if so else 'no'}" for name, so in answers.items())
            yield f"{verdict}  {told}"


def rule(text: str, conditions: Mapping[str, Condition[Subject]]) -> Rule[Subject]:
    """Return the rule that *text* tells in the words of *conditions*. Raises `BadRules`."""
    alternatives = " ".join(text.split()).split(" or ")
    return Rule(
        tuple(
            tuple(_term(words, conditions) for words in alternative.split(" and "))
            for alternative in alternatives
        )
    )


def _term(words: str, conditions: Mapping[str, Condition[Subject]]) -> Term[Subject]:
    name = words.removeprefix("not ")
    if name not in conditions:
        known = ", ".join(sorted(conditions))
        raise BadRules(f"{name!r} is no condition; known are {known}.")
    return Term(name, conditions[name], wanted=name == words)


def read_texts(path: str) -> dict[str, str]:
    """Return the rules in the file *path* (TOML: `action = "rule"`). Raises `BadRules`."""
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadRules(f"The rules file {path} cannot be read: {trouble}.") from None
    for action, text in found.items():
        if not isinstance(text, str):
            raise BadRules(f"The rules file {path}: {action} must be a text in quotes.")
    return found
