from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.identity.models import ProjectGroup, User
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

GROUPS = f"/projects/{PROJECT}/groups"


@pytest.fixture
def manager(sign_in: Callable[..., Client]) -> Client:
    """Who manages the lab."""
    return sign_in(PROJECT, "manager")


@pytest.fixture
def group(manager: Client) -> ProjectGroup:
    """A group of the lab that was made on the page."""
    manager.post(GROUPS, {"name": "builders"})
    return ProjectGroup.objects.get()


def test_own_groups_lead_to_the_present_project(manager: Client) -> None:
    assert manager.get("/project/groups")["Location"] == GROUPS


def test_group_is_filled_and_emptied(manager: Client, group: ProjectGroup) -> None:
    user = User.objects.get()
    address = f"{GROUPS}/{group.pk}"
    manager.post(address, {"user": user.public_id})
    people = list(group.group.user_set.all())

    manager.post(f"{address}/people/{user.public_id}")

    assert people == [user]
    assert not group.group.user_set.exists()
    assert "Nobody is in this group yet" in manager.get(address).text


def test_group_is_renamed_and_deleted(manager: Client, group: ProjectGroup) -> None:
    address = f"{GROUPS}/{group.pk}"

    manager.post(f"{address}/name", {"name": "makers"})
    question = manager.get(f"{address}/delete").text
    manager.post(f"{address}/delete")

    assert "Delete makers?" in question
    assert not ProjectGroup.objects.exists()


def test_name_twice_is_refused_in_words(manager: Client, group: ProjectGroup) -> None:
    answer = manager.post(GROUPS, {"name": "Builders"})

    assert answer.status_code == 409
    assert "There is one of that name already." in answer.text


def test_members_look_at_groups_and_change_none(at_lab: Client, group: ProjectGroup) -> None:
    assert "builders" in at_lab.get(GROUPS).text
    assert at_lab.post(GROUPS, {"name": "mine"}).status_code == 403
    for path in ("", "/name", "/delete"):
        assert at_lab.get(f"{GROUPS}/{group.pk}{path}").status_code == 403


def test_groups_of_others_are_not_there(at_farm: Client, group: ProjectGroup) -> None:
    assert at_farm.get(GROUPS).status_code == 404
    assert at_farm.post(f"{GROUPS}/{group.pk}/delete").status_code == 404


def test_strangers_cannot_be_added(manager: Client, at_farm: Client, group: ProjectGroup) -> None:
    stranger = User.objects.get(username="member of farm")

    answer = manager.post(f"{GROUPS}/{group.pk}", {"user": stranger.public_id})

    assert answer.status_code == 400
    assert not group.group.user_set.exists()
