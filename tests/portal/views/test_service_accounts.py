from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portal.identity.models import ApplicationCredential, User
from tests.conftest import OTHER, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

ACCOUNTS = "/project/service-accounts"
ROBOT = {"name": "ci", "role": "member"}
TOKEN = {"name": "build", "role": "reader", "scope": "read", "days": "30"}


@pytest.fixture
def manager(sign_in: Callable[..., Client]) -> Client:
    """A manager of the lab."""
    return sign_in(PROJECT, "manager")


@pytest.fixture
def page(manager: Client) -> str:
    """The address of the page of a service account."""
    return str(manager.post(ACCOUNTS, ROBOT)["Location"])


def test_account_is_made_and_listed(manager: Client, page: str) -> None:
    listed = manager.get(ACCOUNTS).text

    assert f'<a href="{page}">ci</a>' in listed
    assert "ci@" not in listed
    assert page == f"{ACCOUNTS}/{User.objects.get(robot_of=PROJECT).public_id}"


def test_a_bad_name_is_said_and_nothing_typed_is_lost(manager: Client) -> None:
    answer = manager.post(ACCOUNTS, ROBOT | {"name": "C I"})

    assert answer.status_code == 400
    assert 'value="C I"' in answer.text
    assert not User.objects.exclude(robot_of=None).exists()


def test_token_of_an_account_is_made_shown_and_revoked(manager: Client, page: str) -> None:
    shown = manager.post(page, TOKEN)
    credential = ApplicationCredential.objects.get()

    assert credential.opens_with(shown.context["secret"])
    assert (str(credential.user), credential.roles, credential.scope) == ("ci", ["reader"], "read")
    assert "build" in manager.get(page).text
    assert "build" not in manager.get("/account").text
    answer = manager.post(f"/account/tokens/{credential.pk}/revoke")
    assert answer["Location"] == page
    assert not ApplicationCredential.objects.exists()


def test_account_is_suspended_restored_and_deleted(manager: Client, page: str) -> None:
    manager.post(page, TOKEN)
    states = []
    for act in ("suspend", "restore"):
        manager.post(f"{page}/{act}")
        states.append(User.objects.get(robot_of=PROJECT).is_active)

    assert states == [False, True]
    assert "build" in manager.get(f"{page}/delete").text
    assert manager.post(f"{page}/delete")["Location"] == ACCOUNTS
    assert manager.get(page).status_code == 404


def test_suspended_account_gets_no_token(manager: Client, page: str) -> None:
    manager.post(f"{page}/suspend")

    assert manager.post(page, TOKEN).status_code == 403
    assert "It is suspended" in manager.get(page).text


@pytest.mark.parametrize("act", ["", "/suspend", "/restore", "/delete"])
def test_members_see_that_there_are_some_and_touch_none(
    at_lab: Client, page: str, act: str
) -> None:
    listed = at_lab.get(ACCOUNTS).text

    assert "ci" in listed
    assert page not in listed
    assert "Only the project’s managers" in listed
    assert at_lab.post(f"{page}{act}", TOKEN).status_code == 403
    assert at_lab.post(ACCOUNTS, {"name": "x", "role": "reader"}).status_code == 403


@pytest.mark.parametrize("act", ["", "/suspend", "/restore", "/delete"])
def test_another_projects_manager_finds_nothing(
    sign_in: Callable[..., Client], page: str, act: str
) -> None:
    bert = sign_in(OTHER, "manager")

    assert bert.post(f"{page}{act}", TOKEN).status_code == 404
    assert "ci" not in [str(one) for one in bert.get(ACCOUNTS).context["accounts"]]


def test_robots_are_no_people(manager: Client, page: str) -> None:
    people = manager.get("/project").context["people"]

    assert [str(one.user) for one in people] == ["manager of lab"]


@pytest.mark.parametrize("act", ["", "/remove"])
def test_a_robots_role_is_no_persons(manager: Client, page: str, act: str) -> None:
    robot = User.objects.get(public_id=page.rpartition("/")[2])
    address = f"/projects/{PROJECT}/people/{robot.public_id}{act}"

    answers = [manager.get(address), manager.post(address, {"role": "manager"})]

    assert [one.status_code for one in answers] == [404, 404]
    assert robot.memberships.get().role == "member"


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries(
    manager: Client, number: int, django_assert_num_queries: Any
) -> None:
    for n in range(number):
        manager.post(ACCOUNTS, ROBOT | {"name": f"robot{n}"})

    with django_assert_num_queries(10):
        manager.get(ACCOUNTS)


def test_strangers_sign_in_first(client: Client, page: str) -> None:
    for address in (ACCOUNTS, page):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
