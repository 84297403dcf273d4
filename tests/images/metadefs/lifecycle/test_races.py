from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.metadefs.api.representation import show_whole
from images.metadefs.documents import read_namespace
from images.metadefs.errors import NameTaken
from images.metadefs.lifecycle.namespaces import create_namespace, delete_namespace
from images.metadefs.lifecycle.parts import OBJECTS, TAGS, add_part, delete_parts
from images.metadefs.lifecycle.resource_types import associate
from images.metadefs.lifecycle.tags import set_tags
from images.metadefs.models import Association, MetadefTag, Namespace, ResourceType
from images.models import Event
from tests.conflicts import deadlocked
from tests.images.metadefs.conftest import MakeNamespace
from tests.threads import THREADS, at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]

OBJECT: dict[str, Any] = {"description": None, "required": [], "properties": {}}


def refused(results: list[Any]) -> int:
    """Return how many were told that the name is taken."""
    return sum(isinstance(result, NameTaken) for result in results)


def test_name_is_given_to_one_of_many(admin: Actor) -> None:
    document = read_namespace({"namespace": "n", "tags": [{"name": "t"}]})

    results = at_once(lambda _: create_namespace(document, actor=admin))

    assert (refused(results), Namespace.objects.count(), MetadefTag.objects.count()) == (
        THREADS - 1,
        1,
        1,
    )


def test_what_was_made_is_told_though_it_is_gone(admin: Actor) -> None:
    created = create_namespace(
        read_namespace({"namespace": "n", "tags": [{"name": "t"}]}), actor=admin
    )

    delete_namespace(created, actor=admin)

    assert show_whole(created)["tags"] == [{"name": "t"}]


def test_name_of_a_part_is_given_to_one_of_many(
    make_namespace: MakeNamespace, admin: Actor
) -> None:
    namespace = make_namespace()

    results = at_once(lambda _: add_part(OBJECTS, namespace, {"name": "o"} | OBJECT, actor=admin))

    assert refused(results) == THREADS - 1


def test_no_tags_are_lost(make_namespace: MakeNamespace, admin: Actor) -> None:
    namespace = make_namespace()

    at_once(lambda n: set_tags(namespace, [f"t{n}"], append=True, actor=admin))
    assert MetadefTag.objects.count() == THREADS

    at_once(lambda n: set_tags(namespace, [f"t{n}", "u"], append=False, actor=admin))
    assert MetadefTag.objects.count() == 2


def test_new_resource_type_is_made_once(make_namespace: MakeNamespace, admin: Actor) -> None:
    namespaces = [make_namespace(f"n{number}") for number in range(THREADS)]

    at_once(lambda n: associate(namespaces[n], {"name": "R"}, actor=admin))

    assert (ResourceType.objects.count(), Association.objects.count()) == (1, THREADS)


def test_delete_and_additions_leave_nothing(make_namespace: MakeNamespace, admin: Actor) -> None:
    namespace = make_namespace()

    def act(number: int) -> None:
        if number == 0:
            delete_namespace(namespace, actor=admin)
        else:
            add_part(OBJECTS, namespace, {"name": f"o{number}"} | OBJECT, actor=admin)

    at_once(act)

    assert Namespace.objects.count() == 0


def test_deadlock_is_tried_again(
    make_namespace: MakeNamespace, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "images.lifecycle.transactions")
    namespace = make_namespace(tags=[{"name": "t"}])

    deadlocked(
        lambda: delete_parts(TAGS, namespace, actor=admin),
        held=MetadefTag.objects.all(),
        wanted=Namespace.objects.all(),
    )

    assert "delete_parts is tried again: deadlock detected" in caplog.text
    assert MetadefTag.objects.count() == 0
    assert Event.objects.filter(kind="metadef_namespace.delete_tags").count() == 1
