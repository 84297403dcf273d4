from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from images.actors import Actor
from images.errors import (
    Forbidden,
    InUse,
    NotVisible,
    Protected,
)
from images.lifecycle.images import (
    delete_image,
)
from images.models import Image, ImageUserPermission, Location
from images.states import Status
from portal.identity.models import User
from quotas.models import Usage
from stores.backends.memory import MemoryStore
from stores.registry import get_store
from tests.conftest import OTHER, PROJECT, MakeImage
from tests.images.kept import kept, since_made

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DELETED])
def test_image_is_deleted_from_every_state(
    make_active: MakeImage, owner: Actor, status: Status
) -> None:
    image = make_active(tags=["a"], properties={"k": "v"})
    Image.objects.filter(pk=image.pk).update(status=status)

    delete_image(image, actor=owner)

    gone = kept(image)
    assert (gone.status, gone.tag_names, gone.property_values) == ("deleted", [], {})
    assert gone.deleted_at is not None
    assert since_made(image)[-1] == "image.delete"


def test_bytes_go_once_the_deletion_is_committed(
    make_active: MakeImage,
    owner: Actor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    image = make_active()

    with django_capture_on_commit_callbacks() as callbacks:
        delete_image(image, actor=owner)

    assert str(image.pk) in list(get_store().keys())
    assert [row.status for row in image.locations.all()] == ["deleting"]
    for callback in callbacks:
        callback()
    assert str(image.pk) not in list(get_store().keys())
    assert Location.objects.count() == 0


def test_deleted_image_is_off_the_bill(make_active: MakeImage, owner: Actor) -> None:
    make_active(b"123")
    image = make_active(b"12345")

    delete_image(image, actor=owner)

    bill = Usage.objects.get(project=PROJECT)
    assert (bill.images, bill.used, bill.reserved) == (1, 3, 0)


def test_shares_and_grants_go_with_the_image(make_image: MakeImage, owner: Actor) -> None:
    image, user = make_image(), User.objects.create(username="u")
    image.members.create(project=OTHER)
    ImageUserPermission.objects.assign_perm("view_image", user, image)

    delete_image(image, actor=owner)

    assert (image.members.count(), image.user_grants.count()) == (0, 0)


def test_protected_image_stays(make_image: MakeImage, owner: Actor) -> None:
    image = make_image(protected=True)

    with pytest.raises(Protected):
        delete_image(image, actor=owner)

    assert (kept(image).status, since_made(image)) == ("queued", [])


def test_image_whose_bytes_are_in_use_stays(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()
    store = get_store()
    assert isinstance(store, MemoryStore)
    store.pin(str(image.pk))

    with pytest.raises(InUse):
        delete_image(image, actor=owner)

    assert (kept(image).status, since_made(image)[-1]) == ("active", "image.activate")


def test_image_in_a_store_that_is_gone_can_be_deleted(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()
    image.locations.update(store="gone")

    delete_image(image, actor=owner)

    assert kept(image).status == "deleted"
    assert [row.status for row in image.locations.all()] == ["deleting"]


@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_delete_is_refused(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        delete_image(make_image(), actor=request.getfixturevalue(who))
