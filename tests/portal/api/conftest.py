"""People with tokens at the doors of the APIs, and an image of one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group

from images.models import Image
from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Project, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door

Enter = Callable[..., Door]


@pytest.fixture
def lab(db: None) -> Project:
    """Return the project that owns the image."""
    group = Group.objects.create(name="of the lab")
    return Project.objects.create(pk=PROJECT, name="lab", group=group)


@pytest.fixture
def shop(db: None) -> Project:
    """Return a project that has nothing to do with it."""
    return people.create_project("shop", actor=OPERATOR)


@pytest.fixture
def enter() -> Enter:
    """Return who lets somebody in with a token of its own, and a role in a project."""

    def go(name: str, project: Project, role: str = "member") -> Door:
        user = User.objects.filter(username=name).first()
        user = user or people.create_user(name, actor=OPERATOR)
        people.give_role(user, project=project, role=role, actor=OPERATOR)
        secret, _ = issue_token(Proof(user, methods=("password",)), scope=Scope(project=project))
        door = Door()
        door.credentials(HTTP_X_AUTH_TOKEN=secret)
        return door

    return go


@pytest.fixture
def owner_door(lab: Project, enter: Enter) -> Door:
    return enter("olga", lab)


@pytest.fixture
def alice_door(shop: Project, enter: Enter) -> Door:
    """Return Alice of the shop, a reader there."""
    return enter("alice", shop, "reader")


@pytest.fixture
def image(lab: Project, make_active: MakeImage) -> Image:
    """Return a private image of the lab."""
    return make_active(visibility="private", name="debian")
