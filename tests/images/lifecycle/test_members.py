from __future__ import annotations

from typing import Any

import pytest

from images.actors import Actor
from images.errors import (
    AlreadyMember,
    BadValue,
    Forbidden,
    NotShared,
    NotVisible,
    OverLimit,
)
from images.lifecycle.members import (
    answer_share,
    find_member,
    members_for,
    share_image,
    unshare_image,
)
from images.models import Event, Image, ImageUserPermission, Member
from portal.identity.models import User
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(make_image: MakeImage, owner: Actor) -> Image:
    """Return an image that is shared with two projects."""
    image = make_image()
    for project in (OTHER, "4" * 32):
        share_image(image, actor=owner, project=project)
    return image


def test_share_is_pending_and_recorded(make_image: MakeImage, owner: Actor) -> None:
    image = make_image()

    member = share_image(image, actor=owner, project=OTHER)

    assert (member.project, member.status, member.image) == (OTHER, "pending", image)
    event = Event.objects.get(kind="image.member.create")
    assert (event.payload["member_id"], event.payload["status"]) == (OTHER, "pending")


@pytest.mark.parametrize("project", [PROJECT, "any text at all", "p" * 255])
def test_share_takes_any_text_for_a_project(
    make_image: MakeImage, owner: Actor, project: str
) -> None:
    assert share_image(make_image(), actor=owner, project=project).project == project


@pytest.mark.parametrize("project", ["", "p" * 256])
def test_share_refuses_what_no_project_is_called(
    make_image: MakeImage, owner: Actor, project: str
) -> None:
    with pytest.raises(BadValue):
        share_image(make_image(), actor=owner, project=project)


def test_image_is_shared_with_a_project_once(shared: Image, owner: Actor) -> None:
    with pytest.raises(AlreadyMember):
        share_image(shared, actor=owner, project=OTHER)


def test_share_is_over_the_limit(shared: Image, owner: Actor, settings: Any) -> None:
    settings.IMAGE_MEMBER_QUOTA = 2

    with pytest.raises(OverLimit, match="members"):
        share_image(shared, actor=owner, project=THIRD)


@pytest.mark.parametrize("visibility", ["private", "community", "public"])
def test_image_of_another_visibility_has_no_members(
    shared: Image, owner: Actor, visibility: str
) -> None:
    Image.objects.update(visibility=visibility)
    shared.refresh_from_db()

    with pytest.raises(NotShared):
        share_image(shared, actor=owner, project=THIRD)
    with pytest.raises(NotShared):
        unshare_image(shared, actor=owner, project=OTHER)
    with pytest.raises(NotShared):
        answer_share(shared, actor=owner, project=OTHER, answer="accepted")
    with pytest.raises(NotShared):
        members_for(shared, actor=owner)
    with pytest.raises(NotVisible):
        find_member(shared, actor=owner, project=OTHER)


@pytest.mark.parametrize(
    ("who", "refusal"), [("reader", Forbidden), ("member", Forbidden), ("stranger", NotVisible)]
)
def test_share_and_unshare_are_refused(
    request: pytest.FixtureRequest, shared: Image, who: str, refusal: type[Exception]
) -> None:
    asking = request.getfixturevalue(who)

    with pytest.raises(refusal):
        share_image(shared, actor=asking, project=THIRD)
    with pytest.raises(refusal):
        unshare_image(shared, actor=asking, project=OTHER)


@pytest.mark.parametrize("answer", ["accepted", "rejected", "pending"])
def test_member_answers(shared: Image, member: Actor, answer: str) -> None:
    answered = answer_share(shared, actor=member, project=OTHER, answer=answer)

    assert answered.status == answer
    assert Member.objects.get(project=OTHER).status == answer


def test_answer_is_recorded_and_a_second_one_is_not(shared: Image, member: Actor) -> None:
    first = answer_share(shared, actor=member, project=OTHER, answer="accepted")
    again = answer_share(shared, actor=member, project=OTHER, answer="accepted")

    assert again.updated_at == first.updated_at
    assert [
        event.payload["status"] for event in Event.objects.filter(kind="image.member.update")
    ] == ["accepted"]


def test_administrator_answers_for_anybody(shared: Image, admin: Actor) -> None:
    assert answer_share(shared, actor=admin, project=OTHER, answer="accepted").status == "accepted"


@pytest.mark.parametrize(
    ("asking", "refusal"),
    [
        (actor(PROJECT, "member"), Forbidden),
        (actor(OTHER, "reader"), Forbidden),
        (actor("4" * 32, "member"), NotVisible),
        (actor(THIRD, "member"), NotVisible),
    ],
)
def test_answer_for_another_is_refused(
    shared: Image, asking: Actor, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        answer_share(shared, actor=asking, project=OTHER, answer="accepted")

    assert Member.objects.get(project=OTHER).status == "pending"


@pytest.mark.parametrize("answer", ["", "ACCEPTED", "maybe"])
def test_answer_must_be_one(shared: Image, member: Actor, answer: str) -> None:
    with pytest.raises(BadValue, match="pending, accepted, rejected"):
        answer_share(shared, actor=member, project=OTHER, answer=answer)


def test_unshared_image_is_hidden_again(shared: Image, owner: Actor, member: Actor) -> None:
    unshare_image(shared, actor=owner, project=OTHER)

    assert Event.objects.filter(kind="image.member.delete").count() == 1
    with pytest.raises(NotVisible):
        find_member(shared, actor=member, project=OTHER)
    with pytest.raises(NotVisible):
        unshare_image(shared, actor=owner, project=OTHER)


def test_shared_again_the_answer_is_pending(shared: Image, owner: Actor, member: Actor) -> None:
    answer_share(shared, actor=member, project=OTHER, answer="accepted")
    unshare_image(shared, actor=owner, project=OTHER)

    assert share_image(shared, actor=owner, project=OTHER).status == "pending"


@pytest.mark.parametrize(
    ("asking", "count"),
    [
        (actor(PROJECT, "reader"), 2),
        (actor(OTHER, "reader"), 1),
        (actor(THIRD, "admin"), 2),
    ],
)
def test_member_sees_its_own_row_and_the_owner_all(
    shared: Image, asking: Actor, count: int
) -> None:
    assert len(members_for(shared, actor=asking)) == count
    assert find_member(shared, actor=asking, project=OTHER).project == OTHER


def test_member_does_not_find_another(shared: Image, member: Actor) -> None:
    with pytest.raises(NotVisible):
        find_member(shared, actor=member, project="4" * 32)


def test_who_was_granted_to_share_sees_and_takes_back_shares(shared: Image) -> None:
    user = User.objects.create(username="u")
    for codename in ("view_image", "share_image"):
        ImageUserPermission.objects.assign_perm(codename, user, shared)
    asking = actor(THIRD, "reader", user_key=user.pk)

    unshare_image(shared, actor=asking, project=OTHER)

    assert [member.project for member in members_for(shared, actor=asking)] == ["4" * 32]


def test_image_of_nobody_is_seen_by_all_and_its_members_are_not(
    make_image: MakeImage, admin: Actor, stranger: Actor
) -> None:
    image = make_image(owner=None, actor=admin)
    share_image(image, actor=admin, project=OTHER)

    with pytest.raises(Forbidden):
        members_for(image, actor=stranger)
    with pytest.raises(NotVisible):
        find_member(image, actor=stranger, project=OTHER)
