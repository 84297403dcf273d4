from __future__ import annotations

from collections.abc import Callable

import pytest

from images.actors import Actor
from images.errors import (
    Forbidden,
    NotVisible,
    WrongStateForAct,
)
from images.lifecycle.images import (
    deactivate_image,
    reactivate_image,
)
from images.models import Image
from tests.conftest import MakeImage
from tests.images.kept import kept, since_made

pytestmark = pytest.mark.django_db

Switch = Callable[..., None]


def test_deactivated_image_is_reactivated(make_active: MakeImage, owner: Actor) -> None:
    image = make_active()

    deactivate_image(image, actor=owner)
    assert kept(image).status == "deactivated"
    reactivate_image(image, actor=owner)

    assert kept(image).status == "active"
    assert since_made(image)[-2:] == ["image.deactivate", "image.reactivate"]


@pytest.mark.parametrize(
    ("act", "status"), [(deactivate_image, "deactivated"), (reactivate_image, "active")]
)
def test_second_time_changes_nothing(
    make_active: MakeImage, owner: Actor, act: Switch, status: str
) -> None:
    image = make_active()
    Image.objects.filter(pk=image.pk).update(status=status)
    before, events = kept(image).updated_at, since_made(image)

    act(image, actor=owner)

    assert (kept(image).updated_at, since_made(image)) == (before, events)


@pytest.mark.parametrize("act", [deactivate_image, reactivate_image])
@pytest.mark.parametrize("status", ["queued", "saving", "uploading", "importing"])
def test_image_without_data_is_neither(
    make_image: MakeImage, owner: Actor, act: Switch, status: str
) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(status=status)

    with pytest.raises(WrongStateForAct, match=status):
        act(image, actor=owner)

    assert kept(image).status == status


@pytest.mark.parametrize("act", [deactivate_image, reactivate_image])
@pytest.mark.parametrize(("who", "refusal"), [("reader", Forbidden), ("stranger", NotVisible)])
def test_switch_is_refused(
    request: pytest.FixtureRequest,
    make_active: MakeImage,
    act: Switch,
    who: str,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        act(make_active(), actor=request.getfixturevalue(who))
