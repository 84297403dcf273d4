from __future__ import annotations

import uuid
from typing import Any

import pytest

from images.actors import NOBODY, Actor
from images.errors import AlreadyMember, IdTaken, NotVisible, UploadLost
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, deactivate_image, delete_image, update_image
from images.lifecycle.links import NewLink, count_use, make_link
from images.lifecycle.members import share_image
from images.lifecycle.tags import add_tag
from images.models import Event, Image, Link, Location
from portal.identity.models import User
from tests.conftest import OTHER, PROJECT, MakeImage, actor
from tests.images.kept import objects_of
from tests.threads import THREADS, at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def of_kind(results: list[Any], kind: type[Exception]) -> int:
    return sum(isinstance(result, kind) for result in results)


def test_id_is_given_to_one_of_many(owner: Actor) -> None:
    identity = uuid.uuid4()

    results = at_once(lambda _: create_image({"id": identity}, actor=owner))

    assert (of_kind(results, IdTaken), Image.objects.count()) == (THREADS - 1, 1)


def test_no_acknowledged_change_is_lost(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    at_once(lambda n: update_image(image, [Change(Op.SET, f"k{n}", "v")], actor=owner))
    at_once(lambda n: add_tag(image, f"t{n}", actor=owner))

    found = Image.objects.get(pk=image.pk)
    assert len(found.property_values) == len(found.tag_names) == THREADS


def test_limit_of_tags_holds_for_many_at_once(
    make_image: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.IMAGE_TAG_QUOTA = 3
    image = make_image()

    at_once(lambda n: add_tag(image, f"t{n}", actor=owner))

    assert len(Image.objects.get(pk=image.pk).tag_names) == 3


def test_project_is_shared_with_once(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    results = at_once(lambda _: share_image(image, actor=owner, project=OTHER))

    assert (of_kind(results, AlreadyMember), image.members.count()) == (THREADS - 1, 1)


def test_image_is_deactivated_once(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()

    results = at_once(lambda _: deactivate_image(image, actor=owner))

    assert results == [None] * THREADS
    assert Event.objects.filter(kind="image.deactivate").count() == 1


def test_uploads_and_deletions_at_once_leave_nothing(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    def act(number: int) -> None:
        if number % 2:
            delete_image(image, actor=owner)
        else:
            with receiving(image, actor=owner) as session:
                session.fill([b"some bytes"])

    results = at_once(act)

    assert Image.remembered.get(pk=image.pk).status == "deleted"
    assert objects_of(image) == []
    assert Location.objects.count() == 0
    assert of_kind(results[1::2], NotVisible) == THREADS // 2 - 1
    assert of_kind(results[::2], UploadLost) <= 1


def test_the_uses_of_a_link_are_taken_by_no_more_than_there_are(make_active: MakeImage) -> None:
    user = User.objects.create(username="maker")
    maker = actor(PROJECT, "member", user_key=user.pk)
    _, link = make_link(make_active(), NewLink(max_uses=3), actor=maker)

    results = at_once(lambda _: count_use(link, visitor=NOBODY, resumes=False))

    assert of_kind(results, NotVisible) == THREADS - 3
    assert Link.objects.get().uses == 3
