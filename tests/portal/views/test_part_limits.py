"""Limits of stores and users in a project, on the operator's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.identity.actors import OPERATOR
from portal.identity.people import create_user
from portal.limits import Own, own_limits
from portal.sheet_reading import read_sheet
from quotas.account import Origin
from quotas.parts import set_part_limit
from tests.conftest import PROJECT
from tests.portal.views.test_limits import IMPORT, LIMITS, send, undo

if TYPE_CHECKING:
    from django.test import Client

    from portal.identity.models import User

pytestmark = pytest.mark.django_db

MEMORY = "store:memory"


@pytest.fixture
def ada(db: None) -> User:
    return create_user("ada", actor=OPERATOR)


def test_what_a_sheet_changed_of_parts_is_undone(administrator: Client, ada: User) -> None:
    by_ada = f"user:{ada.public_id}"
    set_part_limit(PROJECT, Origin(store="memory"), 5)
    kept = own_limits()
    text = f"name,image_size_total,part\nlab,,{MEMORY}\nlab,2 GiB,{by_ada}\n"

    shown = send(administrator, text)
    administrator.post(IMPORT, {"text": text, "mark": read_sheet(text).mark})
    changed = own_limits()
    undo(administrator, LIMITS)

    assert f"<code>{by_ada}</code> ada" in shown.text
    assert changed == {(PROJECT, by_ada): Own(2 << 30)}
    assert own_limits() == kept
