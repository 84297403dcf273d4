from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.links import use_link
from portal.identity.models import ApplicationCredential, Membership, Project, SignInLink, User
from tests.portal.identity.conftest import PASSWORD

Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, db: None) -> Run:
    """Return how a command is run: what it printed, with *stdin* to read."""

    def run(*arguments: str, stdin: str = "", **options: Any) -> str:
        out = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        call_command(*arguments, stdout=out, **options)
        return out.getvalue()

    return run


def test_create_project_says_its_id(run: Run) -> None:
    printed = run("create_project", "demo", description="ours")

    project = Project.objects.get()
    assert (project.name, project.description) == ("demo", "ours")
    assert printed == f"Project demo has the id {project.pk}.\n"


@pytest.mark.parametrize("name", ["demo", "DEMO", "", "a\nb"])
def test_create_project_refuses_in_one_sentence(run: Run, demo: Project, name: str) -> None:
    with pytest.raises(CommandError, match=r"^[^\n]+\.$"):
        run("create_project", name)


def test_create_user_with_project_and_password(run: Run, demo: Project) -> None:
    run("create_user", "carol", "--project", "demo", "--role", "manager", "--password-stdin",
        stdin=f"{PASSWORD}\n")  # fmt: skip

    membership = Membership.objects.get()
    assert (membership.project, membership.role) == (demo, "manager")
    assert membership.user.check_password(PASSWORD)
    assert not membership.user.is_superuser


def test_create_user_again_adds_a_role_and_keeps_the_rest(
    run: Run, alice: User, elsewhere: Project
) -> None:
    before = alice.password

    run("create_user", "alice", "--project", "elsewhere", "--role", "reader", "--password-stdin",
        stdin=PASSWORD)  # fmt: skip

    alice.refresh_from_db()
    assert alice.password == before
    assert dict(alice.memberships.values_list("project__name", "role")) == {
        "demo": "member",
        "elsewhere": "reader",
    }


def test_create_user_again_sets_another_password(run: Run, alice: User) -> None:
    run("create_user", "alice", "--password-stdin", stdin="another fine password\n")

    alice.refresh_from_db()
    assert alice.check_password("another fine password")


def test_create_user_makes_an_administrator(run: Run) -> None:
    run("create_user", "carol", "--system-admin")

    user = User.objects.get()
    assert (user.is_administrator, user.is_staff) == (True, True)
    assert not user.has_usable_password()


def test_create_user_refuses_a_weak_password(run: Run) -> None:
    with pytest.raises(CommandError, match="too short"):
        run("create_user", "carol", "--password-stdin", stdin="12345\n")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["a b"],
        ["carol", "--project", "nope"],
        ["carol", "--password-stdin"],
    ],
)
def test_create_user_refuses_in_one_sentence_and_leaves_nothing(
    run: Run, arguments: list[str]
) -> None:
    with pytest.raises(CommandError, match=r"^[^\n]+\.$"):
        run("create_user", *arguments)

    assert not User.objects.exists()


def test_create_user_says_nothing_of_what_is_undone(db: None) -> None:
    out = io.StringIO()

    with pytest.raises(CommandError, match="There is no project"):
        call_command("create_user", "carol", "--project=nope", stdout=out)

    assert out.getvalue() == ""


def test_clouds_yaml_prints_only_the_file(run: Run, alice: User) -> None:
    auth = yaml.safe_load(run("clouds_yaml", "alice", "demo"))["clouds"]["vitrine"]["auth"]

    credential = ApplicationCredential.objects.get()
    assert auth["application_credential_id"] == credential.pk
    assert credential.opens_with(auth["application_credential_secret"])


@pytest.mark.parametrize(
    "arguments", [("alice", "elsewhere"), ("nobody", "demo"), ("alice", "nowhere")]
)
def test_clouds_yaml_refuses_in_one_sentence(
    run: Run, alice: User, elsewhere: Project, arguments: tuple[str, str]
) -> None:
    with pytest.raises(CommandError, match=r"^[^\n]+\.$"):
        run("clouds_yaml", *arguments)


def test_clouds_yaml_refuses_a_suspended_user(run: Run, alice: User) -> None:
    people.suspend_user(alice, actor=OPERATOR)

    with pytest.raises(CommandError, match="may not act"):
        run("clouds_yaml", "alice", "demo")


def test_sign_in_link_makes_the_first_administrator(run: Run) -> None:
    printed = run("sign_in_link")

    user = User.objects.get()
    assert (user.username, user.is_administrator) == ("admin", True)
    assert user.default_project == Project.objects.get(name="admin")
    assert not user.has_usable_password()
    assert use_link(printed.strip().rstrip("/").rpartition("/")[2]) == user


def test_sign_in_link_again_makes_nobody_but_another_link(run: Run) -> None:
    first, second = run("sign_in_link"), run("sign_in_link")

    assert User.objects.count() == Project.objects.count() == SignInLink.objects.count() == 1
    assert first != second


def test_sign_in_link_prints_the_address_once_an_administrator_came(run: Run, root: User) -> None:
    User.objects.update(last_login=timezone.now())

    assert run("sign_in_link") == "http://127.0.0.1:8000/\n"
    assert not SignInLink.objects.exists()


def test_sign_in_link_for_somebody(run: Run, root: User, alice: User) -> None:
    User.objects.update(last_login=timezone.now())

    printed = run("sign_in_link", "alice")

    assert use_link(printed.strip().rstrip("/").rpartition("/")[2]) == alice


def test_sign_in_link_takes_over_what_is_called_admin(run: Run) -> None:
    people.create_project("admin", actor=OPERATOR)
    people.create_user("admin", actor=OPERATOR)

    run("sign_in_link")

    assert User.objects.get().is_administrator


def test_sign_in_link_refuses_in_one_sentence(run: Run, alice: User) -> None:
    people.suspend_user(alice, actor=OPERATOR)

    for name in ("nobody", "alice"):
        with pytest.raises(CommandError, match=r"^[^\n]+\.$"):
            run("sign_in_link", name)


def test_clear_expired_runs(run: Run, alice: User) -> None:
    run("sign_in_link", "alice")
    SignInLink.objects.update(expires_at=timezone.now())

    run("clear_expired")

    assert not SignInLink.objects.exists()
