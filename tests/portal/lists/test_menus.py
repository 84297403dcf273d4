from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils.translation import override

from portal.lists.menus import Choice, Menus

PK = uuid4()
OPEN = Choice("Open", f"/images/{PK}", is_file=False)
TRASH = Choice("Move to the trash", f"/images/{PK}/delete", is_file=False)


@pytest.mark.parametrize(
    ("may", "menu"),
    [
        (set(), [OPEN]),
        ({"delete", "trash"}, [OPEN, TRASH]),
        ({"delete"}, [OPEN, Choice("Delete", f"/images/{PK}/delete", is_file=False)]),
        (
            {"modify", "download"},
            [
                OPEN,
                Choice("Download", f"/images/{PK}/download", is_file=True),
                Choice("Edit", f"/images/{PK}/edit", is_file=False),
            ],
        ),
    ],
)
def test_menu_offers_what_may_be_done_in_its_order(may: set[str], menu: list[Choice]) -> None:
    with override("en"):
        assert Menus().of(PK, may) == menu
