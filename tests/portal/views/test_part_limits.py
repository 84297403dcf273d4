"""Limits of stores and users in a project, on the operator's pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from portal.identity.actors import OPERATOR
from portal.identity.people import create_user
from portal.quotas.limits import Own, own_limits
from portal.quotas.sheet_reading import read_sheet
from quotas.account import Origin
from quotas.parts import set_part_limit
from tests.conftest import PROJECT
from tests.images.kept import kinds
from tests.portal.views.test_limits import EMPTY, GIB, IMPORT, LAB, LIMITS, send, undo

if TYPE_CHECKING:
    from django.test import Client

    from portal.identity.models import User

pytestmark = pytest.mark.django_db

MEMORY = "store:memory"
PAGE = f"{LAB}/limits"


def by(user: User) -> str:
    """Return what the limit of that user is called."""
    return f"user:{user.public_id}"


@pytest.fixture
def ada(db: None) -> User:
    return create_user("ada", actor=OPERATOR)


def test_what_a_sheet_changed_of_parts_is_undone(administrator: Client, ada: User) -> None:
    by_ada = by(ada)
    set_part_limit(PROJECT, Origin(store="memory"), 5)
    kept = own_limits()
    text = f"name,image_size_total,part\nlab,,{MEMORY}\nlab,2 GiB,{by_ada}\n"

    shown = send(administrator, text)
    administrator.post(IMPORT, {"text": text, "mark": read_sheet(text).mark})
    changed = own_limits()
    undo(administrator, LIMITS)

    assert f"<code>{by_ada}</code> ada" in shown.text
    assert changed == {(PROJECT, by_ada): Own(2 * GIB)}
    assert own_limits() == kept


def test_a_store_and_a_user_get_limits(administrator: Client, ada: User) -> None:
    wanted = {"new_store": "memory", "new_store_limit": "5 GiB"}
    wanted |= {"new_user": "ada", "new_user_limit": "no limit"}

    answer = administrator.post(PAGE, EMPTY | wanted)
    page = administrator.get(PAGE)

    assert answer["Location"] == LAB
    assert own_limits() == {(PROJECT, MEMORY): Own(5 * GIB), (PROJECT, by(ada)): Own(-1)}
    assert kinds("quota.limit") == ["quota.limit.set", "quota.limit.set"]
    assert re.findall(r'name="part:[^"]*" value="([^"]*)"', page.text) == ["5 GiB", "no limit"]
    assert '<option value="memory"' not in page.text


@pytest.mark.parametrize(("text", "after"), [("6 GiB", Own(6 * GIB)), ("", None)])
def test_limit_of_a_store_is_changed_or_taken_away_and_that_undone(
    administrator: Client, text: str, after: Own | None
) -> None:
    set_part_limit(PROJECT, Origin(store="memory"), 5)

    administrator.post(PAGE, EMPTY | {f"part:{MEMORY}": text})
    changed, told = own_limits().get((PROJECT, MEMORY)), kinds("quota.limit")
    undo(administrator, LAB)

    assert changed == after
    assert told == ["quota.limit.set", "quota.limit.set" if after else "quota.limit.drop"]
    assert own_limits() == {(PROJECT, MEMORY): Own(5)}


def test_all_that_is_wrong_with_a_user_is_told_at_once(administrator: Client) -> None:
    answer = administrator.post(PAGE, EMPTY | {"new_user": "bob", "new_user_limit": "much"})

    assert [*answer.context["form"].errors] == ["new_user_limit", "new_user"]


def test_a_new_limit_of_a_user_is_undone(administrator: Client, ada: User) -> None:
    set_part_limit(PROJECT, Origin(store="memory"), 5)
    administrator.post(PAGE, EMPTY | {"new_user": "ada", "new_user_limit": "1 GiB"})
    added = own_limits()

    undo(administrator, LAB)

    assert added == {(PROJECT, MEMORY): Own(5), (PROJECT, by(ada)): Own(GIB)}
    assert own_limits() == {(PROJECT, MEMORY): Own(5)}


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"part:store:memory": "much"}, "part:store:memory", "Write an amount such as"),
        ({"part:store:none": "5"}, "part:store:none", "There is no store “none”"),
        ({"part:user:none": "5"}, "part:user:none", "There is no user with the ID none."),
        ({"part:": "5"}, "part:", "A part is store: with"),
        ({"new_store": "none", "new_store_limit": "5"}, "new_store", "Select a valid choice."),
        ({"new_store": "slow"}, "new_store_limit", "Write an amount such as"),
        ({"new_store_limit": "5"}, "new_store", "Choose the store"),
        ({"new_user_limit": "5"}, "new_user", "Name the user"),
        ({"new_user": "bob", "new_user_limit": "5"}, "new_user", "No user, or more than one,"),
        ({"new_user": "ada", "new_user_limit": "x"}, "new_user_limit", "Write an amount"),
        ({"new_user": "eve", "new_user_limit": "5"}, "new_user", "This user has a limit here"),
    ],
)
def test_wrong_parts_are_told_beside_their_field_and_set_nothing(
    administrator: Client, ada: User, settings: Any, sent: dict[str, str], field: str, said: str
) -> None:
    settings.IMAGE_STORES = settings.IMAGE_STORES | {"slow": settings.IMAGE_STORES["memory"]}
    eve = create_user("eve", actor=OPERATOR)
    set_part_limit(PROJECT, Origin(store="memory"), 7)
    set_part_limit(PROJECT, Origin(user=eve.public_id), 8)
    kept = own_limits()

    answer = administrator.post(PAGE, EMPTY | {"image_count_total": "3"} | sent)

    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert [(name, said in errors[name][0]) for name in errors] == [(field, True)]
    assert own_limits() == kept
