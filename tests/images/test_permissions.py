from __future__ import annotations

import uuid
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from images.actors import NOBODY, Actor
from images.errors import BadRules, Forbidden, NotVisible
from images.models import Image, ImageGroupPermission, ImageUserPermission, Member
from images.permissions import (
    ACTIONS,
    ACTIONS_WITHOUT_IMAGE,
    can_answer,
    can_see,
    demand,
    demand_listing,
    demand_store_details,
    demand_tasks,
    may,
    permit,
    read_rules,
)
from images.states import MemberStatus, Visibility
from portal.identity.models import User
from tests.conftest import OTHER, PROJECT, THIRD, MakeImage, PutRules, actor

pytestmark = pytest.mark.django_db

MEMBERS_ACTS = {
    *("create", "communitize", "modify", "delete", "upload", "download", "verify"),
    *("deactivate", "reactivate", "list_members", "list_all_members", "share"),
    *("get_location", "set_location", "add_location"),
}
READERS_ACTS = {"list_members", "list_all_members", "get_location"}
Granted = Callable[..., Actor]


@pytest.fixture
def granted() -> Granted:
    """Return a maker of a stranger who was granted permissions on one image."""

    def make(image: Image, *codenames: str, role: str = "member") -> Actor:
        user = User.objects.create(username=uuid.uuid4().hex)
        for codename in codenames:
            ImageUserPermission.objects.assign_perm(codename, user, image)
        return actor(THIRD, role, user_key=user.pk)

    return make


def everybody() -> list[Actor]:
    """Return an actor of each kind; the last two hold the grants that `make_every_image` gives."""
    user, group = User.objects.create(username="granted"), Group.objects.create(name="granted")
    projects = product((PROJECT, OTHER, THIRD), ("reader", "member", "manager"))
    return [
        NOBODY,
        actor("", "member"),
        actor(PROJECT),
        actor(PROJECT, "service"),
        actor(None, "admin"),
        actor(THIRD, "admin"),
        actor(THIRD, "auditor"),
        *(actor(project, role) for project, role in projects),
        actor(THIRD, "reader", user_key=user.pk),
        actor(THIRD, "reader", groups=frozenset({group.pk})),
    ]


def make_every_image() -> None:
    """Make an image of each owner × visibility × membership of another project × grant."""
    answers = (None, *MemberStatus)
    for owner, visibility, answer, grant in product(
        (PROJECT, "", None), Visibility, answers, (None, "user", "group", "other")
    ):
        image = Image.objects.create(owner=owner, visibility=visibility)
        if answer:
            Member.objects.create(image=image, project=OTHER, status=answer)
        codename = "change_image" if grant == "other" else "view_image"
        if grant in {"user", "other"}:
            user = User.objects.get(username="granted")
            ImageUserPermission.objects.assign_perm(codename, user, image)
        if grant == "group":
            group = Group.objects.get(name="granted")
            ImageGroupPermission.objects.assign_perm(codename, group, image)


def test_visible_rows_are_the_images_that_can_be_seen() -> None:
    actors = everybody()
    make_every_image()
    images = list(Image.objects.all())

    for asking in actors:
        visible = set(Image.objects.visible_to(asking))
        assert visible == {image for image in images if can_see(asking, image)}, asking

    counts = [Image.objects.visible_to(asking).count() for asking in actors]
    assert counts == [0, 144, 0, 0, 0, 192, 192, *[144] * 3, *[136] * 3, *[112] * 3, 132, 132]


def test_deleted_image_is_seen_by_nobody(make_image: MakeImage, admin: Actor) -> None:
    image = make_image()
    Image.objects.filter(pk=image.pk).update(status="deleted", deleted_at=image.created_at)
    image = Image.remembered.get(pk=image.pk)

    assert can_see(admin, image) is False
    assert list(Image.objects.visible_to(admin)) == []


@pytest.mark.parametrize(
    ("asking", "visibility", "allowed"),
    [
        (actor(PROJECT, "reader"), "private", READERS_ACTS),
        (actor(PROJECT, "member"), "private", MEMBERS_ACTS),
        (actor(PROJECT, "manager"), "public", MEMBERS_ACTS),
        (actor(THIRD, "manager"), "private", set()),
        (actor(THIRD, "manager"), "shared", set()),
        (actor(OTHER, "reader"), "shared", {"list_members"}),
        (actor(OTHER, "member"), "shared", {"download", "list_members"}),
        (actor(OTHER, "member"), "private", set()),
        (actor(THIRD, "reader"), "community", set()),
        (actor(THIRD, "member"), "community", {"download"}),
        (actor(THIRD, "reader"), "public", set()),
        (actor(THIRD, "member"), "public", {"download"}),
        (actor(THIRD, "admin"), "private", set(ACTIONS)),
        (actor(THIRD, "auditor"), "private", READERS_ACTS),
        (actor(PROJECT, "auditor"), "public", READERS_ACTS),
        (
            actor(THIRD, "reader", is_vouched_for=True),
            "public",
            {"fetch_locations"},
        ),
        (actor(THIRD, "reader", "service"), "public", {"add_location", "fetch_locations"}),
        (actor(THIRD, "service"), "public", set()),
        (actor(None, "admin"), "public", set()),
        (NOBODY, "public", set()),
    ],
)
def test_acts_are_those_of_the_role(
    make_image: MakeImage, asking: Actor, visibility: str, allowed: set[str]
) -> None:
    image = make_image()
    Member.objects.create(image=image, project=OTHER)
    image.visibility = visibility
    image.save()

    assert {act for act in ACTIONS if may(asking, act, image)} == allowed


@pytest.mark.parametrize(
    ("codename", "allowed"),
    [
        ("view_image", set()),
        ("download_image", {"download"}),
        (
            "change_image",
            {
                *("modify", "upload", "verify", "deactivate", "reactivate"),
                *("set_location", "add_location"),
            },
        ),
        ("delete_image", {"delete"}),
        ("share_image", {"share", "list_members", "list_all_members"}),
    ],
)
def test_grant_permits_its_own_acts(
    make_image: MakeImage, granted: Granted, codename: str, allowed: set[str]
) -> None:
    image = make_image()
    asking = granted(image, "view_image", codename, role="reader")

    assert {act for act in ACTIONS if may(asking, act, image)} == allowed


def test_grant_on_one_image_is_none_on_another(make_image: MakeImage, granted: Granted) -> None:
    image, other = make_image(), make_image()
    asking = granted(image, "view_image", "delete_image")

    assert (can_see(asking, other), may(asking, "delete", other)) == (False, False)


def test_private_image_of_nobody_is_downloaded_by_grant_only(
    make_image: MakeImage, granted: Granted, admin: Actor
) -> None:
    image = make_image(owner=None, visibility="private", actor=admin)

    assert may(granted(image, "view_image"), "download", image) is False
    assert may(granted(image, "view_image", "download_image"), "download", image) is True


def test_deactivated_image_is_downloaded_by_administrators_only(
    make_active: MakeImage, owner: Actor, admin: Actor, granted: Granted
) -> None:
    image = make_active()
    image.status = "deactivated"

    askers = (owner, granted(image, "view_image", "download_image"), admin)
    assert [may(asking, "download", image) for asking in askers] == [False, False, True]


def test_permit_hides_what_is_not_seen_and_forbids_what_is(
    make_image: MakeImage, stranger: Actor
) -> None:
    with pytest.raises(NotVisible):
        permit(stranger, "delete", make_image())
    with pytest.raises(Forbidden):
        permit(stranger, "delete", make_image(visibility="community"))


def test_demand_forbids_an_image_in_another_project(stranger: Actor) -> None:
    with pytest.raises(Forbidden, match="create"):
        demand(stranger, "create", Image(owner=PROJECT))


def test_share_is_answered_by_members_of_its_project_and_administrators(
    make_image: MakeImage, admin: Actor
) -> None:
    share = Member.objects.create(image=make_image(), project=OTHER)

    askers = [actor(OTHER, "reader"), actor(OTHER, "member"), actor(PROJECT, "manager"), admin]
    assert [can_answer(asking, share) for asking in askers] == [False, True, False, True]


@pytest.mark.parametrize("asking", [NOBODY, actor(None, "admin"), actor(PROJECT, "service")])
def test_list_demands_a_role_in_a_project(asking: Actor) -> None:
    with pytest.raises(Forbidden):
        demand_listing(asking)


def test_grant_to_an_auditor_counts_for_nothing(make_image: MakeImage, granted: Granted) -> None:
    image = make_image()
    asking = granted(image, "change_image", "delete_image", "share_image", role="auditor")

    assert {act for act in ACTIONS if may(asking, act, image)} == READERS_ACTS


def test_auditor_sees_tasks_and_stores(auditor: Actor) -> None:
    demand_listing(auditor)
    demand_tasks(auditor)
    demand_store_details(auditor)


def test_rules_file_takes_the_place_of_a_rule(
    make_image: MakeImage, put_rules: PutRules, owner: Actor, admin: Actor
) -> None:
    image = make_image()
    put_rules('delete = "admin or own and manager"\nlist_tasks = "manager"')

    manager = actor(PROJECT, "manager")
    assert [may(asking, "delete", image) for asking in (owner, manager, admin)] == [
        False,
        True,
        True,
    ]
    assert may(owner, "modify", image) is True
    demand_tasks(manager)


def test_rules_file_can_switch_an_act_off(
    make_image: MakeImage, put_rules: PutRules, admin: Actor
) -> None:
    put_rules('deactivate = "nobody"')

    with pytest.raises(Forbidden):
        permit(admin, "deactivate", make_image())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('detonate = "admin"', "no such action; known are create, .*list_tasks"),
        ('delete = "root"', "'root' is no condition; known are admin, "),
        ('list_tasks = "own"', "'own' is no condition; known are admin, "),
    ],
)
def test_rules_that_nobody_knows_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadRules, match=complaint):
        read_rules(str(file))


def test_each_rule_is_of_known_conditions() -> None:
    defaults = read_rules("")

    assert defaults == (ACTIONS, ACTIONS_WITHOUT_IMAGE)
