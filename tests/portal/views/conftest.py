from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from portal.identity.models import Membership, Project, User
from tests.conftest import OTHER, PROJECT, THIRD

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {PROJECT: "lab", OTHER: "farm", THIRD: "shop"}


@pytest.fixture
def projects(db: None) -> dict[str, Project]:
    """The projects of the actors, by their ids."""
    return {
        pk: Project.objects.create(pk=pk, name=name, group=Group.objects.create(name=name))
        for pk, name in NAMES.items()
    }


@pytest.fixture
def sign_in(projects: dict[str, Project]) -> Callable[..., Client]:
    """Return a maker of browsers in which somebody with one role in one project is signed in."""

    def make(project: str, role: str = "member", *, enforce_csrf_checks: bool = False) -> Client:
        user, _ = User.objects.get_or_create(
            username=f"{role} of {NAMES[project]}", default_project_id=project
        )
        Membership.objects.get_or_create(user=user, project_id=project, role=role)
        client = Client(enforce_csrf_checks, headers={"Accept": "text/html"})
        client.force_login(user, backend="portal.identity.backends.PeopleBackend")
        return client

    return make


@pytest.fixture
def at_lab(sign_in: Callable[..., Client]) -> Client:
    """A member of the project that owns the images."""
    return sign_in(PROJECT)


@pytest.fixture
def at_lab_reader(sign_in: Callable[..., Client]) -> Client:
    """A reader of the project that owns the images."""
    return sign_in(PROJECT, "reader")


@pytest.fixture
def at_farm(sign_in: Callable[..., Client]) -> Client:
    """A member of a project with which images are shared."""
    return sign_in(OTHER)


@pytest.fixture
def at_shop(sign_in: Callable[..., Client]) -> Client:
    """A member of a project that has nothing to do with it."""
    return sign_in(THIRD)


@pytest.fixture
def administrator(projects: dict[str, Project]) -> Client:
    """The cloud's administrator."""
    user = User.objects.create(
        username="root", is_superuser=True, is_staff=True, default_project_id=PROJECT
    )
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user, backend="portal.identity.backends.PeopleBackend")
    return client
