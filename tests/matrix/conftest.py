"""One world for the whole matrix: every act on it is taken back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from images.actors import Actor, with_implied
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, deactivate_image
from images.lifecycle.links import NewLink, make_link
from images.models import Image, ImageUserPermission, Member
from images.states import MemberStatus
from portal.identity.models import Membership, Project, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.matrix.rules import GRANTEE, RULES, Rule
from tests.matrix.world import ACCEPTED, KINDS, OWN, PENDING, PEOPLE, REJECTED, Kind, Person

BACKEND = "portal.identity.backends.PeopleBackend"
UNKNOWN = uuid.UUID("00000000-0000-4000-8000-000000000000")
VARIABLE = re.compile(r"\{(\w+)\}")
CHANGING = re.compile(r'req-[-0-9a-f]{36}|(?:value|data-token)="\w{64}"|Expires: [^\n]+')
SHARES = {
    PENDING: MemberStatus.PENDING,
    ACCEPTED: MemberStatus.ACCEPTED,
    REJECTED: MemberStatus.REJECTED,
}


@dataclass
class World:
    """The people's clients, the images and their links."""

    clients: dict[str, Client]
    images: dict[str, Image]
    links: dict[str, str]
    users: dict[str, User]

    def ask(self, route: tuple[str, str], person: Person, kind: Kind, **changed: Any) -> Any:
        """Let *person* ask *route* of the image of *kind*, and take back what that did."""
        rule: Rule = RULES[route]
        values = {
            "image_id": self.images[kind.name].pk,
            "pk": self.images[kind.name].pk,
            "link": self.links[kind.name],
            "link_id": self.links[kind.name],
            "project": PENDING,
            "tag": "here",
            "store": "memory",
            "kind": "user",
            "name": quote(GRANTEE),
        } | changed
        path = VARIABLE.sub(lambda match: str(values[match[1]]), route[1])
        return self.send(route[0], path, person, body=rule.body, media_type=rule.media_type)

    def send(self, method: str, path: str, person: Person, **given: Any) -> Any:
        """Send one request, and take back what it did."""
        body, kind = given.pop("body", None), given.pop("media_type", "application/json")
        if isinstance(body, dict | list):
            body = json.dumps(body).encode()
        with taken_back():
            client = self.clients[person.name]
            answer: Any = client.generic(method, path, body or b"", content_type=kind, **given)
            answer.read = answer.getvalue()
        return answer


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what happens within; verbs may open their outermost transaction in it."""
    act = transaction.atomic()
    act._from_testcase = True  # type: ignore[attr-defined] # what Django's own test case sets
    with act:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make everybody and everything; it is gone when the matrix is through."""
    with django_db_blocker.unblock(), taken_back():
        yield make_world()


def make_world() -> World:
    """Make the people, then the images."""
    projects = {
        pk: Project.objects.create(pk=pk, name=f"p{pk[:3]}", group=Group.objects.create(name=pk))
        for pk in (OWN, *SHARES, "5" * 32)
    }
    users = {person.name: make_user(person) for person in PEOPLE.values() if person.is_known}
    clients = {
        person.name: make_client(person, users.get(person.name), projects)
        for person in PEOPLE.values()
    }
    images = {kind.name: make_image(kind, users) for kind in KINDS.values()}
    links = {name: link_to(image, users["owner"]) for name, image in images.items()}
    for kind in KINDS.values():
        if kind.is_deactivated:
            deactivate_image(images[kind.name], actor=acting(users["owner"]))
    return World(clients, images, links, users)


def make_user(person: Person) -> User:
    """Make the user row of *person*, and its role."""
    user = User.objects.create(
        username=person.name,
        default_project_id=person.project,
        is_superuser=person.is_admin,
        is_staff=person.is_admin,
        **({"is_auditor": True} if person.is_auditor else {}),
    )
    Membership.objects.create(user=user, project_id=person.project, role=person.role)
    return user


def make_client(person: Person, user: User | None, projects: dict[str, Project]) -> Client:
    """Return a client with a session for pages and a token for APIs."""
    if user is None:
        headers = {"X-Auth-Token": person.token} if person.token else {}
        return Client(headers=headers)
    scope = Scope(projects[person.project])
    token, _ = issue_token(Proof(user, ("password",)), scope=scope)
    client = Client(headers={"X-Auth-Token": token})
    client.force_login(user, backend=BACKEND)
    return client


def acting(user: User) -> Actor:
    """Return the owner as the verbs want it."""
    return Actor(user=user.public_id, user_key=user.pk, project=OWN, roles=with_implied("manager"))


def make_image(kind: Kind, users: dict[str, User]) -> Image:
    """Make an active image that is shared with three projects and on which much was granted."""
    owner = acting(users["owner"])
    formats = {"disk_format": "raw", "container_format": "bare", "name": f"secret {kind.name} name"}
    first = {**formats, **kind.fields, "visibility": "private", "tags": ["here"]}
    image = create_image(first, actor=owner)
    with receiving(image, actor=owner, size=15) as session:
        session.fill([b"bytes of a disk"])
    Image.objects.filter(pk=image.pk).update(visibility=kind.visibility)
    for project, status in SHARES.items():
        Member.objects.create(image=image, project=project, status=status)
    for person in PEOPLE.values():
        for right in person.granted:
            ImageUserPermission.objects.assign_perm(f"{right}_image", users[person.name], image)
    return Image.objects.get(pk=image.pk)


def link_to(image: Image, user: User) -> str:
    """Make a link, and return its id."""
    return str(make_link(image, NewLink(), actor=acting(user))[1].pk)
