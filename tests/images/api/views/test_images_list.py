from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor
from tests.images.api.door import Door, names

pytestmark = pytest.mark.django_db

Names = Callable[..., list[Any]]


@pytest.fixture
def everything(make_image: MakeImage, admin: Any) -> None:
    """Make images of each visibility and share, of the owner's project and of another."""
    for owner in (PROJECT, THIRD):
        word = "mine" if owner == PROJECT else "theirs"
        for visibility in ("public", "community", "shared", "private"):
            fields = {"visibility": visibility, "owner": owner, "actor": admin}
            make_image(name=f"{word} {visibility}", **fields)
        make_image(name=f"{word} hidden", owner=owner, os_hidden=True, actor=admin)
        for answer in ("pending", "accepted", "rejected"):
            image = make_image(name=f"{word} {answer}", owner=owner, actor=admin)
            image.members.create(project=OTHER, status=answer)


MINE = {"mine public", "mine community", "mine shared", "mine private"}
MINE_SHARED = {"mine pending", "mine accepted", "mine rejected"}


@pytest.mark.parametrize(
    ("who", "query", "listed"),
    [
        ("owner_door", "", MINE | MINE_SHARED | {"theirs public"}),
        ("reader_door", "", MINE | MINE_SHARED | {"theirs public"}),
        ("owner_door", "visibility=public", {"mine public", "theirs public"}),
        ("owner_door", "visibility=private", {"mine private"}),
        ("owner_door", "visibility=community", {"mine community", "theirs community"}),
        ("owner_door", "visibility=shared", MINE_SHARED | {"mine shared"}),
        ("owner_door", "visibility=all",
         MINE | MINE_SHARED | {"theirs public", "theirs community"}),
        ("owner_door", "os_hidden=true", {"mine hidden"}),
        ("owner_door", "os_hidden=TRUE&visibility=all", {"mine hidden"}),
        ("owner_door", f"owner={THIRD}", {"theirs public"}),
        ("owner_door", f"owner={THIRD}&visibility=all", {"theirs public", "theirs community"}),
        ("member_door", "",
         {"mine public", "theirs public", "mine accepted", "theirs accepted"}),
        ("member_door", "visibility=shared", {"mine accepted", "theirs accepted"}),
        ("member_door", "visibility=shared&member_status=pending",
         {"mine pending", "theirs pending"}),
        ("member_door", "visibility=shared&member_status=rejected",
         {"mine rejected", "theirs rejected"}),
        ("member_door", "visibility=shared&member_status=all",
         {f"{whose} {answer}" for whose in ("mine", "theirs")
          for answer in ("pending", "accepted", "rejected")}),
        ("member_door", "member_status=pending",
         {"mine public", "theirs public", "mine pending", "theirs pending"}),
        ("member_door", f"owner={PROJECT}&member_status=all",
         MINE_SHARED | {"mine public"}),
    ],
)  # fmt: skip
def test_list_holds(
    request: pytest.FixtureRequest, everything: None, who: str, query: str, listed: set[str]
) -> None:
    assert set(names(request.getfixturevalue(who), query)) == listed


def test_administrator_lists_all_but_the_communitys_and_the_hidden(
    everything: None, admin_door: Door
) -> None:
    plain, asked = names(admin_door), names(admin_door, "visibility=community")

    assert (len(plain), len(asked)) == (12, 2)
    assert len(names(admin_door, "visibility=all")) == 14
    assert len(names(admin_door, "os_hidden=true")) == 2


def test_list_is_for_those_with_a_role(everything: None) -> None:
    for asking in (actor(None, "admin"), actor(PROJECT), actor(PROJECT, "service")):
        assert Door(asking).get("/v2/images").status_code == 403
