from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from images.models import Event, Image
from portal.identity import groups, people
from portal.identity.actors import OPERATOR
from portal.identity.errors import BadValue, NameTaken, NotPermitted, Unknown
from portal.identity.models import Project, ProjectGroup, User
from portal.identity.tokens import Scope, find_token
from tests.conftest import MakeImage
from tests.portal.identity.conftest import acting, new_token


@pytest.fixture
def builders(demo: Project, alice: User) -> ProjectGroup:
    """Return a group of demo, with Alice in it."""
    group = groups.create_group("builders", project=demo, actor=OPERATOR)
    groups.add_to_group(alice, group=group, actor=OPERATOR)
    return group


def test_group_counts_in_its_project_alone(
    builders: ProjectGroup, alice: User, demo: Project, elsewhere: Project
) -> None:
    people.give_role(alice, project=elsewhere, role="member", actor=OPERATOR)

    assert acting(alice, demo).groups == {builders.group_id, demo.group_id}
    assert acting(alice, elsewhere).groups == {elsewhere.group_id}


def test_tokens_carry_the_group_too(builders: ProjectGroup, alice: User, demo: Project) -> None:
    secret, _ = new_token(alice, Scope(project=demo))

    standing: Any = vars(find_token(secret))["standing"]

    assert {row[0] for row in standing} == {builders.group_id, demo.group_id}


def test_groups_of_no_project_count_everywhere(alice: User, demo: Project) -> None:
    staff = Group.objects.create(name="staff")
    alice.groups.add(staff)

    assert acting(alice, demo).groups == {staff.pk, demo.group_id}


def test_what_is_granted_to_a_group_is_lost_with_it(
    builders: ProjectGroup, alice: User, demo: Project, make_image: MakeImage
) -> None:
    image = make_image()
    assign_perm("images.view_image", builders.group, image)
    seen = [Image.objects.visible_to(acting(alice, demo)).filter(pk=image.pk).exists()]

    groups.remove_from_group(alice, group=builders, actor=OPERATOR)
    seen.append(Image.objects.visible_to(acting(alice, demo)).filter(pk=image.pk).exists())

    assert seen == [True, False]


def test_who_leaves_the_project_leaves_its_groups(
    builders: ProjectGroup, alice: User, demo: Project
) -> None:
    people.remove_role(alice, project=demo, actor=OPERATOR)
    people.give_role(alice, project=demo, role="member", actor=OPERATOR)

    assert acting(alice, demo).groups == {demo.group_id}


def test_only_the_projects_people_are_in_its_groups(builders: ProjectGroup, bob: User) -> None:
    with pytest.raises(Unknown):
        groups.add_to_group(bob, group=builders, actor=OPERATOR)


def test_deleted_group_takes_its_grants_along(
    builders: ProjectGroup, alice: User, demo: Project, make_image: MakeImage
) -> None:
    image = make_image()
    assign_perm("images.view_image", builders.group, image)

    groups.delete_group(builders, actor=OPERATOR)

    assert not image.group_grants.exists()
    assert list(Group.objects.all()) == [demo.group]
    assert Event.objects.latest("pk").kind == "identity.group.delete"


def test_names_are_unique_in_a_project(builders: ProjectGroup, elsewhere: Project) -> None:
    groups.create_group("builders", project=elsewhere, actor=OPERATOR)
    other = groups.create_group("others", project=builders.project, actor=OPERATOR)

    with pytest.raises(NameTaken):
        groups.create_group("Builders", project=builders.project, actor=OPERATOR)
    with pytest.raises(NameTaken):
        groups.rename_group(other, "builders", actor=OPERATOR)


@pytest.mark.parametrize("name", ["", " x", "a\nb", "\0", "x" * 65, "0" * 32])
def test_bad_names_are_refused(demo: Project, name: str) -> None:
    with pytest.raises(BadValue):
        groups.create_group(name, project=demo, actor=OPERATOR)

    assert Group.objects.count() == 1


def test_groups_are_the_managers(builders: ProjectGroup, alice: User, demo: Project) -> None:
    member = acting(alice, demo)

    with pytest.raises(NotPermitted):
        groups.create_group("mine", project=demo, actor=member)
    for act in (groups.add_to_group, groups.remove_from_group):
        with pytest.raises(NotPermitted):
            act(alice, group=builders, actor=member)
    with pytest.raises(NotPermitted):
        groups.rename_group(builders, "mine", actor=member)
    with pytest.raises(NotPermitted):
        groups.delete_group(builders, actor=member)


def test_each_act_is_told(builders: ProjectGroup, alice: User) -> None:
    groups.rename_group(builders, "makers", actor=OPERATOR)
    groups.remove_from_group(alice, group=builders, actor=OPERATOR)
    told = Event.objects.filter(kind__startswith="identity.group").order_by("pk")

    assert [event.kind.rpartition(".")[2] for event in told] == [
        "create",
        "add",
        "update",
        "remove",
    ]
    assert told[2].after == {"name": "makers"}
