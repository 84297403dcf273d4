"""Every page that lists something asks the database as often for fifty things as for five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from images.lifecycle.grants import grant_image
from images.lifecycle.links import NewLink, make_link
from images.lifecycle.members import share_image
from images.lifecycle.trash import trash_image
from images.states import GranteeKind
from portal.identity import groups, people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.models import Invitation, Project, User
from portal.identity.saved_filters import save_filter
from portal.identity.service_accounts import create_account
from portal.sharing.grantees import find_grantee
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor
    from images.models import Image
    from portal.identity.models import ProjectGroup
    from tests.conftest import MakeImage

FEW, MANY = 5, 50
PAGES = [
    *("/", "/?status=queued", "/images/new", "/images/filters", "/trash", "/inbox", "/activity"),
    *(f"/images/{{image}}{tab}" for tab in ("", "/properties", "/sharing", "/activity", "/use")),
    *(f"/images/{{image}}/{page}" for page in ("edit", "share", "links", "delete")),
    *("/project", "/project/service-accounts", "/account", "/invitations"),
    *("/projects/{lab}/invite", "/projects/{lab}/groups", "/projects/{lab}/groups/{group}"),
]
OPERATED = [
    *("/operate", "/operate/projects", "/operate/projects/{lab}", "/operate/limits?all=1"),
    "/trash?all=1",
]


@pytest.fixture
def at_lab(sign_in: Callable[..., Client]) -> Client:
    """A manager of the lab."""
    return sign_in(PROJECT, "manager")


@pytest.fixture
def manager(at_lab: Client) -> Actor:
    """The same as an actor."""
    actor = project_actor(User.objects.get(username="manager of lab"), project=PROJECT)
    assert actor is not None
    return actor


@pytest.fixture
def image(make_active: MakeImage) -> Image:
    """An image of the lab, about which a page lists much."""
    return make_active(name="subject", visibility="shared")


@pytest.fixture
def group(at_lab: Client) -> ProjectGroup:
    """A group of the lab."""
    lab = Project.objects.get(pk=PROJECT)
    return groups.create_group("builders", project=lab, actor=OPERATOR)


def add_images(number: int, make: MakeImage, owner: Actor, member: Actor) -> None:
    """Add one image to the lists, one to the trash, and one to the inbox."""
    make(name=f"image {number}", tags=["a", "b"], properties={"os_distro": "debian"})
    trash_image(make(name=f"old {number}"), actor=owner)
    theirs = make(name=f"theirs {number}", actor=member, visibility="shared")
    share_image(theirs, actor=member, project=PROJECT)
    save_filter(f"filter {number}", "status=active", actor=owner)


def add_people(number: int, group: ProjectGroup, manager: Actor) -> None:
    """Add a person, a group, a robot, a token, an invitation and a project."""
    user = people.create_user(f"user{number}", actor=OPERATOR)
    people.give_role(user, project=group.project, role="member", actor=OPERATOR)
    groups.add_to_group(user, group=group, actor=OPERATOR)
    groups.create_group(f"group {number}", project=group.project, actor=OPERATOR)
    create_account(f"robot{number}", role="member", project=group.project, actor=manager)
    create_credential(NewCredential(name=f"token {number}"), actor=manager)
    project = people.create_project(f"project {number}", actor=OPERATOR)
    Invitation.objects.create(
        project=project, user_id=manager.user_key, invited_by=user, role="reader"
    )


def add_rights(number: int, image: Image, owner: Actor) -> None:
    """Let one project more, one person, and one link see *image*."""
    share_image(image, actor=owner, project=f"{number:032}")
    to = find_grantee(GranteeKind.USER, f"user{number}")
    grant_image(image, actor=owner, to=to, rights=["view"], expires_at=None)
    make_link(image, NewLink(note=f"link {number}"), actor=owner)


def count_queries(client: Client, paths: list[str], **ids: object) -> dict[str, int]:
    """Return how many queries each of the pages asks when it is opened again."""
    counted = {}
    for path in paths:
        address = path.format(**ids)
        assert client.get(address).status_code == 200, address
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counted[path] = len(asked)
    return counted


def test_as_often_for_fifty_as_for_five(
    at_lab: Client,
    administrator: Client,
    make_image: MakeImage,
    image: Image,
    group: ProjectGroup,
    manager: Actor,
    member: Actor,
) -> None:
    counted = []
    ids = {"image": image.pk, "lab": PROJECT, "group": group.pk}
    for least, most in ((0, FEW), (FEW, MANY)):
        for number in range(least, most):
            add_images(number, make_image, manager, member)
            add_people(number, group, manager)
            add_rights(number, image, manager)
        pages = count_queries(at_lab, PAGES, **ids)
        counted.append(pages | count_queries(administrator, OPERATED, **ids))

    few, many = counted
    assert {path: (few[path], many[path]) for path in few if few[path] != many[path]} == {}
