"""What an administrator does by hand in the admin is written down like any other act."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from images.actors import session_mark
from images.models import Event
from portal.identity.models import Project, User
from tests.portal.identity.conftest import PASSWORD

USERS, PROJECTS = "/admin/identity/user", "/admin/identity/project"


@pytest.fixture
def roots(client: Client, root: User) -> Client:
    """Return the administrator's browser."""
    client.force_login(root)
    return client


def told(kind: str) -> list[tuple[Any, ...]]:
    """Return subject, before and after of the events of *kind*."""
    return list(Event.objects.filter(kind=kind).values_list("subject", "before", "after"))


def test_project_corrected(roots: Client, root: User, demo: Project) -> None:
    roots.post(f"{PROJECTS}/{demo.pk}/change/", {"name": "other", "description": demo.description})

    change = ({"name": "demo"}, {"name": "other"})
    assert told("identity.project.update") == [(demo.pk, *change)]
    event = Event.objects.get(kind="identity.project.update")
    assert (event.user, event.address) == (root.public_id, "127.0.0.1")
    assert event.token == session_mark(roots.session.session_key)
    demo.refresh_from_db()
    assert demo.name == "other"


def test_user_corrected_and_put_into_a_group(roots: Client, alice: User, demo: Project) -> None:
    group = Group.objects.create(name="testers")
    fields = {"username": "alice", "email": "a@example.org", "groups": [group.pk]}

    roots.post(f"{USERS}/{alice.pk}/change/", fields)

    assert told("identity.user.update") == [
        (
            alice.public_id,
            {"default_project": demo.pk, "email": ""},
            {"default_project": None, "email": "a@example.org"},
        ),
        (alice.public_id, {"groups": []}, {"groups": ["testers"]}),
    ]
    alice.refresh_from_db()
    assert (alice.email, [*alice.groups.all()]) == ("a@example.org", [group])


def test_saving_what_was_there_leaves_no_event(roots: Client, demo: Project) -> None:
    fields = {"name": demo.name, "description": demo.description}

    roots.post(f"{PROJECTS}/{demo.pk}/change/", fields)

    assert told("identity.project.update") == []


def test_password_set_by_an_administrator(roots: Client, alice: User) -> None:
    words = f"{PASSWORD}, again"
    fields = {"password1": words, "password2": words, "usable_password": "true"}

    answer = roots.post(f"{USERS}/{alice.pk}/password/", {**fields, "set-password": "1"})

    assert answer.status_code == 302
    assert told("identity.user.set_password") == [(alice.public_id, None, None)]
    assert words not in str(Event.objects.values())
