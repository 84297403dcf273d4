from __future__ import annotations

from dataclasses import replace

import pytest

from images.actors import ALL, READ, UPLOAD, Actor
from images.errors import Forbidden
from images.lifecycle.changes import Change, Op
from images.lifecycle.data import receiving
from images.lifecycle.images import create_image, delete_image, update_image
from images.lifecycle.members import share_image
from images.metadefs import permissions as metadefs
from images.models import Image, Member
from images.permissions import ACTIONS, can_answer, may
from images.scopes import is_in_scope
from images.states import Status, Visibility
from tests.conftest import MakeImage

pytestmark = pytest.mark.django_db

SHOWING = {"list_members", "list_all_members", "get_location"}
PERMITTED = {
    READ: SHOWING | {"download"},
    UPLOAD: SHOWING | {"create", "upload", "modify"},
}


@pytest.mark.parametrize("scope", [READ, UPLOAD])
def test_scope_leaves_of_an_owners_acts_only_its_own(
    make_active: MakeImage, owner: Actor, scope: str
) -> None:
    image = make_active()

    permitted = {act for act in ACTIONS if may(replace(owner, scope=scope), act, image)}

    assert permitted == PERMITTED[scope]
    assert permitted < {act for act in ACTIONS if may(owner, act, image)}


@pytest.mark.parametrize("scope", [READ, UPLOAD])
def test_scope_gives_nothing_that_the_roles_lack(
    make_active: MakeImage, reader: Actor, scope: str
) -> None:
    image = make_active()

    permitted = {act for act in ACTIONS if may(replace(reader, scope=scope), act, image)}

    assert permitted == SHOWING


def test_action_without_a_place_is_for_whole_tokens(make_active: MakeImage, admin: Actor) -> None:
    image = make_active()
    answers = [is_in_scope(replace(admin, scope=one), "new", image) for one in (READ, UPLOAD, ALL)]

    assert answers == [False, False, True]


@pytest.mark.parametrize("status", Status.values)
def test_upload_scope_fills_no_deactivated_image(
    make_image: MakeImage, owner: Actor, status: str
) -> None:
    image, robot = make_image(), replace(owner, scope=UPLOAD)
    image.status = status

    is_filled = status in {"queued", "saving", "active"}
    assert may(robot, "modify", image) == is_filled


def test_upload_scope_fills_images_of_its_own_project_alone(
    make_image: MakeImage, admin: Actor
) -> None:
    image = make_image()

    assert may(admin, "modify", image)
    assert not may(replace(admin, scope=UPLOAD), "modify", image)


def test_upload_scope_puts_an_image_there_but_neither_shows_nor_deletes_it(owner: Actor) -> None:
    robot = replace(owner, scope=UPLOAD)
    image = create_image({"disk_format": "raw", "container_format": "bare"}, actor=robot)
    with receiving(image, actor=robot, size=4) as session:
        session.fill([b"four"])
    image = Image.objects.get(pk=image.pk)

    for visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
        with pytest.raises(Forbidden):
            update_image(image, [Change(Op.REPLACE, "visibility", visibility)], actor=robot)
    with pytest.raises(Forbidden, match="A token of the scope 'upload' is not permitted to delete"):
        delete_image(image, actor=robot)
    with pytest.raises(Forbidden):
        share_image(image, project="2" * 32, actor=robot)


def test_read_scope_creates_nothing(owner: Actor) -> None:
    with pytest.raises(Forbidden):
        create_image({"name": "x"}, actor=replace(owner, scope=READ))

    assert not Image.objects.exists()


@pytest.mark.parametrize(("scope", "answer"), [(READ, False), (UPLOAD, False), (ALL, True)])
def test_only_whole_tokens_answer_for_a_project(
    make_image: MakeImage, owner: Actor, member: Actor, scope: str, *, answer: bool
) -> None:
    share_image(make_image(), project=str(member.project), actor=owner)

    assert can_answer(replace(member, scope=scope), Member.objects.get()) == answer


@pytest.mark.parametrize("scope", [READ, UPLOAD])
def test_only_whole_tokens_write_the_catalogue(admin: Actor, scope: str) -> None:
    for action in metadefs.ACTIONS:
        with pytest.raises(Forbidden):
            metadefs.demand(replace(admin, scope=scope), action)
        metadefs.demand(admin, action)
