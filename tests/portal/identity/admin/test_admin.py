from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import ApplicationCredential, Membership, Project, User
from tests.portal.identity.conftest import PASSWORD

Robot = tuple[str, ApplicationCredential]
LISTS = ["user", "project", "membership", "applicationcredential"]


@pytest.fixture
def roots(client: Client, root: User) -> Client:
    """Return the administrator's browser."""
    client.force_login(root)
    return client


def act(client: Client, table: str, name: str, *chosen: Any, **more: str) -> Any:
    """Choose rows and an action."""
    body = {"action": name, "_selected_action": [thing.pk for thing in chosen]} | more
    return client.post(f"/admin/identity/{table}/", body, follow=True)


@pytest.mark.parametrize("table", LISTS)
def test_lists_are_the_administrators(roots: Client, robot: Robot, alice: User, table: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    staff = Client()
    staff.force_login(alice)

    assert roots.get(f"/admin/identity/{table}/").status_code == 200
    assert staff.get(f"/admin/identity/{table}/").status_code == 403


@pytest.mark.parametrize("table", LISTS)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries(
    roots: Client, table: str, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        project = people.create_project(f"project {n}", actor=OPERATOR)
        user = people.create_user(f"user{n}", actor=OPERATOR)
        people.give_role(user, project=project, role="reader", actor=OPERATOR)
        ApplicationCredential.objects.create(user=user, project=project, name="x")

    with django_assert_max_num_queries(7):
        roots.get(f"/admin/identity/{table}/")


@pytest.mark.parametrize("table", LISTS)
def test_a_page_shows_no_secret(roots: Client, robot: Robot, alice: User, table: str) -> None:
    row = {
        "user": alice,
        "project": robot[1].project,
        "membership": Membership.objects.get(),
        "applicationcredential": robot[1],
    }[table]

    page = roots.get(f"/admin/identity/{table}/{row.pk}/change/").content.decode()

    assert robot[0] not in page
    assert robot[1].secret_hash not in page
    assert alice.password not in page


def test_new_project_has_its_group(roots: Client) -> None:
    roots.post("/admin/identity/project/add/", {"name": "new", "description": "ours"})

    project = Project.objects.get()
    assert (project.name, project.description) == ("new", "ours")
    assert project.group.name == f"project {project.pk}"


@pytest.mark.parametrize("name", ["demo", "Demo", " ", "a\nb", "0" * 32])
def test_bad_project_is_refused_in_the_form(roots: Client, demo: Project, name: str) -> None:
    answer = roots.post("/admin/identity/project/add/", {"name": name})

    assert answer.status_code == 200
    assert Project.objects.get() == demo


def test_project_is_renamed_but_neither_enabled_nor_moved(roots: Client, demo: Project) -> None:
    body = {"name": "renamed", "description": "", "enabled": "", "id": "0" * 32, "group": "1"}

    roots.post(f"/admin/identity/project/{demo.pk}/change/", body)

    changed = Project.objects.get()
    assert (changed.pk, changed.name, changed.enabled) == (demo.pk, "renamed", True)


def test_new_user_can_log_in(roots: Client) -> None:
    body = {"username": "carol", "usable_password": "true"}
    body |= {"password1": PASSWORD, "password2": PASSWORD}

    roots.post("/admin/identity/user/add/", body)

    assert User.objects.get(username="carol").check_password(PASSWORD)


def test_user_page_grants_no_office(roots: Client, alice: User) -> None:
    body = {"username": "alice", "email": "a@example.org", "is_superuser": "on", "is_active": ""}

    roots.post(f"/admin/identity/user/{alice.pk}/change/", body)

    alice.refresh_from_db()
    assert (alice.email, alice.is_superuser, alice.is_active) == ("a@example.org", False, True)


@pytest.mark.parametrize("table", ["user", "project"])
def test_users_and_projects_are_not_deleted(
    roots: Client, alice: User, demo: Project, table: str
) -> None:
    row = alice if table == "user" else demo

    answer = roots.post(f"/admin/identity/{table}/{row.pk}/delete/", {"post": "yes"})
    act(roots, table, "delete_selected", row, post="yes")

    assert answer.status_code == 403
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_act_asks_first(roots: Client, alice: User) -> None:
    page = act(roots, "user", "suspend_user", alice).content.decode()

    alice.refresh_from_db()
    assert "Sessions end and tokens die at once" in page
    assert "<li>alice</li>" in page
    assert alice.is_active


def test_confirmed_act_is_done_and_logged(roots: Client, alice: User) -> None:
    act(roots, "user", "suspend_user", alice, confirmed="Suspend")

    alice.refresh_from_db()
    assert not alice.is_active
    assert LogEntry.objects.get().change_message == "suspend_user"


def test_refused_act_is_told(roots: Client, root: User) -> None:
    page = act(roots, "user", "suspend_user", root, confirmed="Suspend").content.decode()

    assert "root is the last administrator of this cloud." in page


def test_project_acts(roots: Client, demo: Project) -> None:
    act(roots, "project", "suspend_project", demo, confirmed="x")
    demo.refresh_from_db()
    suspended = demo.enabled
    act(roots, "project", "restore_project", demo, confirmed="x")
    demo.refresh_from_db()

    assert (suspended, demo.enabled) == (False, True)


def test_membership_is_given_changed_and_taken_by_verbs(
    roots: Client, bob: User, demo: Project
) -> None:
    body = {"user": bob.pk, "project": demo.pk, "role": "reader"}
    roots.post("/admin/identity/membership/add/", body)
    membership = Membership.objects.get(user=bob, project=demo)
    path = f"/admin/identity/membership/{membership.pk}"

    roots.post(f"{path}/change/", {"role": "manager", "user": "1", "project": "x"})
    membership.refresh_from_db()
    roots.post(f"{path}/delete/", {"post": "yes"})

    assert (membership.user, membership.project, membership.role) == (bob, demo, "manager")
    assert not Membership.objects.filter(user=bob, project=demo).exists()


def test_memberships_are_taken_in_bulk_by_the_verb(
    roots: Client, alice: User, robot: Robot
) -> None:
    act(roots, "membership", "delete_selected", Membership.objects.get(), post="yes")

    assert not Membership.objects.exists()
    assert not ApplicationCredential.objects.exists()


def test_credential_is_neither_made_nor_changed_but_deleted(roots: Client, robot: Robot) -> None:
    path = f"/admin/identity/applicationcredential/{robot[1].pk}"

    assert roots.get("/admin/identity/applicationcredential/add/").status_code == 403
    assert roots.post(f"{path}/change/", {"name": "x"}).status_code == 403
    roots.post(f"{path}/delete/", {"post": "yes"})

    assert not ApplicationCredential.objects.exists()


def test_groups_of_a_project_are_no_rows_to_change(roots: Client, demo: Project) -> None:
    free = Group.objects.create(name="everybody's")
    paths = [f"/admin/auth/group/{one.pk}/change/" for one in (demo.group, free)]
    before = demo.group.name

    answers = [roots.post(path, {"name": "mine"}, follow=True) for path in paths]

    demo.group.refresh_from_db()
    free.refresh_from_db()
    assert [one.redirect_chain[-1][0] for one in answers] == ["/admin/", "/admin/auth/group/"]
    assert (demo.group.name, free.name) == (before, "mine")
    assert before not in roots.get("/admin/auth/group/").text
