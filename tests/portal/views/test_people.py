from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.invitations import note_unsent
from portal.identity.models import Invitation, Membership, User
from tests.conftest import OTHER, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portal.identity.models import Project

LAB = f"/projects/{PROJECT}"
INVITE = f"{LAB}/invite"


@pytest.fixture
def manager(sign_in: Callable[..., Client]) -> Client:
    """Who manages the lab."""
    return sign_in(PROJECT, "manager")


@pytest.fixture
def zoe(projects: dict[str, Project]) -> User:
    """Somebody who is in no project."""
    return User.objects.create(username="zoe")


@pytest.fixture
def at_zoe(zoe: User, client: Client) -> Client:
    """Her browser."""
    client.force_login(zoe, backend="portal.identity.backends.PeopleBackend")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def invite(client: Client, who: str, role: str = "member") -> Any:
    """Send the form."""
    return client.post(INVITE, {"who": who, "role": role})


def person(name: str) -> str:
    """Return the address of one of the lab's people."""
    return f"{LAB}/people/{User.objects.get(username=name).public_id}"


def test_invited_accepts_and_switches_at_once(manager: Client, at_zoe: Client, zoe: User) -> None:
    answer = invite(manager, "zoe")
    waiting = at_zoe.get("/project").text
    invitation = Invitation.objects.get()

    at_zoe.post(f"/invitations/answer/{invitation.pk}", {"answer": "accept"})

    assert answer["Location"] == "/project"
    assert 'href="/invitations"' in waiting
    assert Membership.objects.get(user=zoe).role == "member"
    assert "lab" in at_zoe.get("/project").text
    assert "Nobody invites you" in at_zoe.get("/invitations").text


def test_declined_or_withdrawn_is_gone(manager: Client, at_zoe: Client) -> None:
    invite(manager, "zoe")
    first = Invitation.objects.get()
    at_zoe.post(f"/invitations/answer/{first.pk}", {"answer": "decline"})
    invite(manager, "zoe")
    second = Invitation.objects.get(answer="waiting")
    page = manager.get("/project").text

    manager.post(f"{LAB}/invitations/{second.pk}")

    assert f"{LAB}/invitations/{second.pk}" in page
    late = at_zoe.post(f"/invitations/answer/{second.pk}", {"answer": "accept"})
    assert late.status_code == 404
    assert not Membership.objects.filter(user__username="zoe").exists()


def test_mail_that_could_not_be_sent_is_told_and_sent_again(
    manager: Client, zoe: User, at_farm: Client
) -> None:
    invite(manager, "zoe")
    pk = Invitation.objects.get().pk
    again = f"{LAB}/invitations/{pk}/send"
    before = manager.get("/project").text
    too_early = manager.post(again)
    note_unsent(pk)
    page = manager.get("/project").text

    assert at_farm.post(again).status_code == 404
    answer = manager.post(again, follow=True)

    assert ("could not be sent" in before, too_early.status_code) == (False, 404)
    assert "could not be sent" in page
    assert f'action="{again}"' in page
    assert "The mail to zoe is on its way again." in answer.text
    assert "could not be sent" not in answer.text


def test_invitation_of_who_manages_no_more_says_so(
    manager: Client, administrator: Client, projects: dict[str, Project], zoe: User
) -> None:
    invite(manager, "zoe")
    before = administrator.get("/project").text
    Membership.objects.filter(user__username="manager of lab").update(role="member")

    page = administrator.get("/project").text

    assert ("withdraw it" in before, "withdraw it" in page) == (False, True)


def test_anothers_invitation_is_not_there(manager: Client, zoe: User, at_farm: Client) -> None:
    invite(manager, "zoe")
    pk = Invitation.objects.get().pk

    assert at_farm.post(f"/invitations/answer/{pk}", {"answer": "accept"}).status_code == 404
    assert at_farm.post(f"{LAB}/invitations/{pk}").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"answer": ""}, {"answer": "Accept"}])
def test_only_an_answer_answers(manager: Client, at_zoe: Client, sent: dict[str, str]) -> None:
    invite(manager, "zoe")
    invitation = Invitation.objects.get()

    answer = at_zoe.post(f"/invitations/answer/{invitation.pk}", sent)

    invitation.refresh_from_db()
    assert (answer.status_code, invitation.answer) == (400, "waiting")


def test_an_answer_that_is_sent_twice_is_told(manager: Client, at_zoe: Client) -> None:
    invite(manager, "zoe")
    address = f"/invitations/answer/{Invitation.objects.get().pk}"
    at_zoe.post(address, {"answer": "accept"})

    again = at_zoe.post(address, {"answer": "accept"})

    assert (again.status_code, "was answered" in again.text) == (404, True)


@pytest.mark.parametrize(
    ("who", "role", "words"),
    [
        ("nobody", "member", "There is no user of that name."),
        ("x@example.org", "member", "There is no user of that name."),
        ("zoe", "service", "Select a valid choice"),
        ("zoe", "admin", "Select a valid choice"),
        ("manager of lab", "member", "in the project already"),
        ("\0", "member", "Null characters"),
    ],
)
def test_refused_invitation_says_why(
    manager: Client, zoe: User, who: str, role: str, words: str
) -> None:
    answer = invite(manager, who, role)

    assert answer.status_code == (409 if who == "manager of lab" else 400)
    assert words in answer.text
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("path", [INVITE, f"{LAB}/people/x", f"{LAB}/people/x/remove"])
def test_pages_of_managers_are_theirs(
    at_lab: Client, at_farm: Client, administrator: Client, path: str
) -> None:
    assert at_lab.get(path).status_code == 403
    assert at_farm.get(path).status_code == 404
    assert administrator.get(path).status_code == (200 if path == INVITE else 404)


def test_members_read_who_may_change_it(manager: Client, at_lab: Client) -> None:
    page = at_lab.get("/project").text

    assert "said by its managers: manager of lab" in page
    assert INVITE not in page
    assert INVITE in manager.get("/project").text


def test_role_is_changed_and_the_person_removed(manager: Client, at_lab: Client) -> None:
    address = person("member of lab")
    manager.post(address, {"role": "reader"})
    role = Membership.objects.get(user__username="member of lab").role

    manager.post(f"{address}/remove")

    assert role == "reader"
    assert not Membership.objects.filter(user__username="member of lab").exists()
    assert "No project" in at_lab.get("/project").text


@pytest.mark.parametrize(("act", "sent"), [("", {"role": "member"}), ("/remove", {})])
def test_last_manager_goes_with_a_tick_that_names_it(
    manager: Client, act: str, sent: dict[str, str]
) -> None:
    address = person("manager of lab") + act
    page = manager.get(address).text

    refused = manager.post(address, sent)
    manager.post(address, sent | {"is_confirmed": "on"})

    assert "Leave lab without a manager: manager of lab is the last one." in page
    assert refused.status_code == 409
    assert not Membership.objects.filter(project=PROJECT, role="manager").exists()


def test_administrator_needs_no_tick(administrator: Client, manager: Client) -> None:
    address = person("manager of lab")

    assert "is_confirmed" not in administrator.get(address).text
    assert administrator.post(f"{address}/remove").status_code == 302


def test_one_leaves_of_ones_own_accord(at_lab: Client) -> None:
    at_lab.post(f"{LAB}/leave")

    assert not Membership.objects.exists()
    assert Event.objects.latest("pk").kind == "identity.membership.delete"
    assert at_lab.get(f"{LAB}/leave").status_code == 404


def test_an_act_is_of_the_addressed_project_whatever_the_session_chose(
    sign_in: Callable[..., Client], zoe: User
) -> None:
    manager = sign_in(PROJECT, "manager")
    user = User.objects.get(username="manager of lab")
    Membership.objects.create(user=user, project_id=OTHER, role="member")
    manager.post("/accounts/project/", {"project": OTHER})

    invite(manager, "zoe")

    assert Invitation.objects.get().project_id == PROJECT
    assert manager.get(f"/projects/{OTHER}/invite").status_code == 403


def test_suspended_projects_are_managed_by_nobody_but_operators(
    manager: Client, administrator: Client, projects: dict[str, Project]
) -> None:
    people.suspend_project(projects[PROJECT], actor=OPERATOR)

    assert manager.get(INVITE).status_code == 404
    assert administrator.get(INVITE).status_code == 200


def test_long_lists_come_in_pages(manager: Client) -> None:
    users = User.objects.bulk_create(
        User(username=f"u{n:03}", public_id=f"{n:032}") for n in range(120)
    )
    Membership.objects.bulk_create(
        Membership(user=user, project_id=PROJECT, role="reader") for user in users
    )

    assert "Page 2 of 2" in manager.get("/project?page=2").text
    assert "u119" in manager.get("/project?page=2").text
