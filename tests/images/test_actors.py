from __future__ import annotations

import pytest

from images.actors import NOBODY, Actor, with_implied


@pytest.mark.parametrize(
    ("role", "held"),
    [
        ("reader", {"reader"}),
        ("member", {"member", "reader"}),
        ("manager", {"manager", "member", "reader"}),
        ("admin", {"admin", "manager", "member", "reader"}),
        ("service", {"service"}),
    ],
)
def test_role_implies_what_lies_below_it(role: str, held: set[str]) -> None:
    assert with_implied(role) == held


def test_administrator_without_a_project_is_none_of_the_image_api() -> None:
    actor = Actor(user="u", roles=with_implied("admin"))

    assert (actor.is_known, actor.is_admin, actor.has_role("reader")) == (True, False, False)


def test_nobody_is_not_known() -> None:
    assert (NOBODY.is_known, NOBODY.is_admin, NOBODY.has_role("reader")) == (False, False, False)
