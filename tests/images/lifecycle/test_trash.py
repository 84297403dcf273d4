from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import DjangoCaptureOnCommitCallbacks

from images.actors import NOBODY, Actor
from images.errors import Forbidden, IdTaken, InUse, NotVisible, Protected, WrongState
from images.lifecycle.images import create_image, deactivate_image, update_image
from images.lifecycle.members import share_image
from images.lifecycle.trash import (
    discard_image,
    find_in_trash,
    goes_to_trash,
    purge_image,
    restore_image,
    trash_image,
)
from images.models import Event, Image, ImageUserPermission, Location, Trashed
from images.models.finding import find_whole
from images.permissions import can_see_in_trash
from images.states import Status
from portal.identity.models import User
from stores.backends.memory import MemoryStore
from stores.registry import get_store
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, PutRules, actor
from tests.images.kept import since_made

pytestmark = pytest.mark.django_db

GOING = [Status.SAVING, Status.UPLOADING, Status.IMPORTING]


def in_store(image: Image) -> bool:
    return str(image.pk) in list(get_store().keys())


def test_image_in_the_trash_is_gone_and_keeps_its_bytes(
    make_active: MakeImage, owner: Actor
) -> None:
    image = make_active(name="disk")

    trash_image(image, actor=owner)

    lies = Trashed.objects.get()
    assert list(Image.objects.all()) == []
    assert (lies.image, lies.owner, lies.status, lies.user) == (
        image,
        PROJECT,
        "active",
        owner.user,
    )
    assert in_store(image)
    with pytest.raises(NotVisible):
        find_whole(str(image.pk))
    with pytest.raises(IdTaken):
        create_image({"id": image.pk}, actor=owner)


@pytest.mark.parametrize("status", ["queued", "active", "deactivated"])
def test_image_comes_back_as_it_was(make_image: MakeImage, owner: Actor, status: str) -> None:
    image = make_image(name="disk", tags=["a"], properties={"k": "v"}, visibility="shared")
    share_image(image, actor=owner, project=OTHER)
    ImageUserPermission.objects.assign_perm("view_image", User.objects.create(username="u"), image)
    Image.objects.filter(pk=image.pk).update(status=status, size=1)
    trash_image(image, actor=owner)

    restore_image(image, actor=owner)

    back = Image.objects.get(pk=image.pk)
    assert (back.status, back.deleted_at, back.name) == (status, None, "disk")
    assert (back.tag_names, back.property_values) == (["a"], {"k": "v"})
    assert (back.members.get().project, back.user_grants.count()) == (OTHER, 1)
    assert Trashed.objects.count() == 0


def test_data_are_read_again_after_a_restore(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(b"bytes")
    trash_image(image, actor=owner)

    restore_image(image, actor=owner)

    [location] = Image.objects.get(pk=image.pk).active_locations
    with get_store().open(location.address) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == b"bytes"


def test_each_act_is_told_with_who(make_active: MakeImage, owner: Actor, admin: Actor) -> None:
    image = make_active()

    trash_image(image, actor=owner)
    restore_image(image, actor=admin)
    trash_image(image, actor=owner)
    purge_image(image, actor=admin)

    told = Event.objects.filter(image_id=image.pk).order_by("pk")
    acts = [(one.kind, one.user, one.before, one.after) for one in told][-4:]
    away, gone = {"status": "pending_delete"}, {"status": "deleted"}
    assert acts == [
        ("image.trash", owner.user, {"status": "active"}, away),
        ("image.restore", admin.user, away, {"status": "active"}),
        ("image.trash", owner.user, {"status": "active"}, away),
        ("image.delete", admin.user, away, gone),
    ]


def test_purge_takes_everything(
    make_active: MakeImage,
    owner: Actor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    image = make_active(tags=["a"])
    image.members.create(project=OTHER)
    trash_image(image, actor=owner)

    with django_capture_on_commit_callbacks(execute=True):
        purge_image(image, actor=owner)

    gone = Image.remembered.get(pk=image.pk)
    assert (gone.status, gone.tag_names, gone.members.count()) == ("deleted", [], 0)
    assert not in_store(image)
    assert (Trashed.objects.count(), Location.objects.count()) == (0, 0)


def test_protected_image_is_not_moved(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(protected=True)

    for act in (trash_image, discard_image):
        with pytest.raises(Protected):
            act(image, actor=owner)

    assert image.current_status() == "active"


@pytest.mark.parametrize("status", GOING)
def test_what_is_coming_in_is_deleted_at_once_or_not_at_all(
    make_image: MakeImage, owner: Actor, status: Status
) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(status=status)

    with pytest.raises(WrongState, match=status):
        trash_image(image, actor=owner)
    there = image.current_status()
    discard_image(image, actor=owner)

    assert (there, image.current_status(), Trashed.objects.count()) == (status, "deleted", 0)


def test_without_a_trash_deletion_is_deletion(
    make_active: MakeImage, owner: Actor, settings: Any
) -> None:
    settings.TRASH_DAYS = 0
    image = make_active()

    with pytest.raises(WrongState):
        trash_image(image, actor=owner)
    discard_image(image, actor=owner)

    assert not goes_to_trash(image)
    assert (since_made(image)[-1], Trashed.objects.count()) == ("image.delete", 0)


def test_clone_keeps_an_image_in_the_trash_and_not_out_of_it(
    make_active: MakeImage, owner: Actor
) -> None:
    image, store = make_active(), get_store()
    assert isinstance(store, MemoryStore)
    store.pin(str(image.pk))

    trash_image(image, actor=owner)
    with pytest.raises(InUse):
        purge_image(image, actor=owner)

    restore_image(image, actor=owner)
    assert image.current_status() == "active"


def test_nobody_changes_what_lies_there(make_active: MakeImage, owner: Actor, admin: Actor) -> None:
    image = make_active()
    trash_image(image, actor=owner)

    for act in (deactivate_image, trash_image, discard_image):
        with pytest.raises(NotVisible):
            act(image, actor=admin)
    with pytest.raises(NotVisible):
        update_image(image, [], actor=admin)


@pytest.mark.parametrize("act", [restore_image, purge_image])
@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_who_may_not_delete_may_neither(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    owner: Actor,
    act: Any,
    who: str,
    refusal: type[Exception],
) -> None:
    image = make_active()
    trash_image(image, actor=owner)

    with pytest.raises(refusal):
        act(image, actor=request.getfixturevalue(who))

    assert Trashed.objects.count() == 1


def test_the_operators_rule_for_deletion_holds_there_too(
    make_active: MakeImage, owner: Actor, put_rules: PutRules
) -> None:
    image = make_active()
    trash_image(image, actor=owner)

    put_rules('delete = "admin"\n')

    for act in (restore_image, purge_image):
        with pytest.raises(Forbidden):
            act(image, actor=owner)


@pytest.mark.parametrize("act", [restore_image, purge_image])
def test_what_is_not_there_any_more_is_neither(
    make_active: MakeImage, owner: Actor, act: Any
) -> None:
    living, gone = make_active(), make_active()
    trash_image(gone, actor=owner)
    purge_image(gone, actor=owner)

    for image in (living, gone):
        with pytest.raises(NotVisible):
            act(image, actor=owner)

    assert living.current_status() == "active"
    for pk in (living.pk, gone.pk, uuid.uuid4(), "none"):
        with pytest.raises(NotVisible):
            find_in_trash(pk, actor=owner)


def test_rows_are_what_can_be_seen(make_image: MakeImage, admin: Actor) -> None:
    user, group = User.objects.create(username="g"), Group.objects.create(name="g")
    for owner in (PROJECT, "", None):
        for codename in ("view_image", "delete_image"):
            image = make_image(owner=owner, actor=admin, visibility="public")
            ImageUserPermission.objects.assign_perm(codename, user, image)
            trash_image(image, actor=admin)
    people = [
        *(NOBODY, actor(PROJECT), actor(PROJECT, "service"), actor("", "member"), actor(None)),
        *(actor(THIRD, role) for role in ("admin", "auditor", "manager")),
        *(actor(PROJECT, role) for role in ("reader", "manager")),
        actor(THIRD, "reader", user_key=user.pk),
        actor(THIRD, "auditor", user_key=user.pk, groups=frozenset({group.pk})),
    ]

    counts = []
    for who in people:
        visible = {one.image for one in Trashed.objects.visible_to(who).select_related("image")}
        everything = Image.remembered.all()
        assert visible == {image for image in everything if can_see_in_trash(who, image)}, who
        counts.append(len(visible))

    assert counts == [0, 0, 0, 2, 0, 6, 6, 0, 2, 2, 3, 6]
