"""How many queries a request takes, from its token to its answer."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from images.actors import Actor
from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR, project_actor
from portal.identity.models import Project, User
from portal.identity.tokens import Proof, Scope, issue_token
from tests.conftest import MakeImage
from tests.images.api.door import Door

QUERIES = pytest.mark.parametrize("count", [1, 3])


@pytest.fixture
def demo(db: None) -> Project:
    """Return the project of everybody here."""
    return people.create_project("demo", actor=OPERATOR)


@pytest.fixture(params=["member", "reader", "administrator"])
def user(request: pytest.FixtureRequest, demo: Project) -> User:
    """Return somebody of the project; more roles cost nothing more."""
    user = people.create_user("alice", password="correct horse battery staple", actor=OPERATOR)
    role = "manager" if request.param == "administrator" else request.param
    people.give_role(user, project=demo, role=role, actor=OPERATOR)
    if request.param == "administrator":
        people.make_administrator(user, actor=OPERATOR)
    return user


@pytest.fixture
def acting(demo: Project, user: User) -> Actor:
    """Return an actor of the project who may make images there."""
    found = project_actor(user, project=demo.pk)
    assert found is not None
    return Actor(user=found.user, project=found.project, roles=frozenset({"member", "reader"}))


@pytest.fixture
def door(demo: Project, user: User) -> Door:
    """Return the API as the user enters it: with a token."""
    secret, _ = issue_token(Proof(user, methods=("password",)), scope=Scope(project=demo))
    door = Door()
    door.credentials(HTTP_X_AUTH_TOKEN=secret)
    return door


writers = pytest.mark.parametrize("user", ["member", "administrator"], indirect=True)


@QUERIES
@pytest.mark.parametrize("query", ["", "name=in:a,b&tag=a&tag=b&k=v&size_min=0&sort=name:asc,id"])
def test_list_takes_two(
    make_active: MakeImage,
    acting: Actor,
    door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
    query: str,
) -> None:
    for _ in range(count):
        make_active(actor=acting, name="a", tags=["a", "b"], properties={"k": "v", "l": "w"})

    with django_assert_num_queries(2):
        answer = door.send("GET", f"/images?{query}", QUERY_STRING=query)

    assert len(answer.json()["images"]) == count


@QUERIES
def test_next_page_takes_three(
    make_active: MakeImage,
    acting: Actor,
    door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    images = [make_active(actor=acting, tags=["a"]) for _ in range(count + 1)]

    with django_assert_num_queries(3):
        answer = door.get(f"/v2/images?marker={images[-1].pk}&limit={count}")

    assert len(answer.json()["images"]) == count


@QUERIES
def test_show_takes_two(
    make_active: MakeImage,
    acting: Actor,
    door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    names = [f"n{number}" for number in range(count)]
    image = make_active(actor=acting, tags=names, properties=dict.fromkeys(names, "v"))

    with django_assert_num_queries(2):
        answer = door.show(image)

    assert (answer.status_code, answer.json()["tags"]) == (200, names)


@writers
@QUERIES
def test_create_takes_eight(
    door: Door, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    door.create()
    names = [f"n{number}" for number in range(count)]

    with django_assert_num_queries(8):
        answer = door.create(name="x", tags=names, **dict.fromkeys(names, "v"))

    assert answer.status_code == 201


@writers
@QUERIES
def test_patch_takes_nine(
    make_active: MakeImage,
    acting: Actor,
    door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    image = make_active(actor=acting, tags=["a"], properties={"k": "v"})
    more: list[Any] = [{"op": "add", "path": f"/n{n}", "value": "v"} for n in range(count)]

    with django_assert_num_queries(9):
        answer = door.change(image, {"op": "replace", "path": "/name", "value": "new"}, *more)

    assert (answer.status_code, answer.json()["stores"]) == (200, "memory")
    assert Event.objects.filter(kind="image.update").count() == 1


@writers
def test_patch_of_nothing_takes_six(
    make_active: MakeImage,
    acting: Actor,
    door: Door,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    image = make_active(actor=acting, tags=["a"], properties={"k": "v"})

    with django_assert_num_queries(6):
        assert door.change(image).status_code == 200
