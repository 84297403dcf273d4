"""Every role at every image, however shared and granted, against a small telling of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from images.actors import NOBODY, Actor
from images.models import Image, ImageGroupPermission, ImageUserPermission, Member
from images.models.listed import listed_for
from images.permissions import ACTIONS, can_see, is_allowed, may
from images.states import MemberStatus, Right, Visibility
from portal.identity.actors import project_actor, unscoped_actor
from portal.identity.models import Membership, Project, User
from tests.conftest import OTHER, PROJECT, THIRD

pytestmark = pytest.mark.django_db

HOME, HERE, ASIDE = PROJECT, OTHER, THIRD
"""Who owns most images; where everybody acts; where everybody is too, but does not act now."""
ROLES = ("reader", "member", "manager", "service", "administrator", "auditor", "none")
COUNT_IN = ("user", "group", "project")
COUNT_NOT = ("ended user", "ended group", "ended project", "group left", "aside", "somebody else")
ADMIN_ONLY = {"publicize", "give_away", "delete_location", "fetch_locations"}
OWN = {"create": None, "communitize": None, "share": "share", "delete": "delete"} | dict.fromkeys(
    ("modify", "upload", "verify", "deactivate", "reactivate", "set_location", "add_location"),
    "change",
)


@dataclass(frozen=True)
class Case:
    """One image: whose, for whom, how *HERE* answered, what was granted to whom, whether served."""

    owner: str | None
    visibility: str
    answer: str | None
    to: str | None
    right: str | None
    served: bool

    def rights(self, role: str) -> set[str]:
        """Return what of the grant counts for somebody of that *role*."""
        counts = self.to in COUNT_IN and self.right and role != "auditor"
        return {"view", str(self.right)} if counts else set()

    def is_shown(self) -> bool:
        """Do owner, visibility or membership show it in HERE?"""
        return (
            self.owner == HERE
            or self.visibility in {"public", "community"}
            or (self.owner is None and self.visibility == "shared")
            or (self.visibility == "shared" and self.answer is not None)
        )

    def is_seen(self, role: str) -> bool:
        """Does somebody of that *role* see it by its id?"""
        if role in {"administrator", "auditor"}:
            return True
        acts = role in {"reader", "member", "manager"}
        return acts and (self.is_shown() or "view" in self.rights(role))

    def is_listed(self, role: str, visibility: str, status: str) -> bool:
        """Is it in the list of *visibility* in which shares answered as *status* count?"""
        if visibility not in {"", "all", self.visibility} or not self.is_seen(role):
            return False
        if self.owner == HERE:
            return True
        if self.visibility == "community" and visibility == "":
            return False
        answered = self.answer is not None and status in {"all", self.answer}
        by_state = {"public": True, "community": True, "private": False}
        shared = self.owner is None or answered
        is_listed = by_state.get(self.visibility, shared)
        return is_listed or role in {"administrator", "auditor"} or "view" in self.rights(role)

    def is_done(self, role: str, act: str) -> bool:
        """May somebody of that *role*, who sees it, do *act*?"""
        own, rights = self.owner == HERE, self.rights(role)
        works = role in {"member", "manager"}
        if role == "administrator":
            return True
        if act in OWN:
            return (own and works) or OWN[act] in rights
        if act == "download":
            return self.served and ((works and self.is_shown()) or "download" in rights)
        everything = own or role == "auditor"
        if act == "list_members":
            is_member = self.visibility == "shared" and self.answer is not None
            return everything or is_member or "share" in rights
        if act == "list_all_members":
            return everything or "share" in rights
        return act not in ADMIN_ONLY and everything


def cases() -> Iterator[Case]:
    """Yield every case; a membership matters for shared images, so the others have fewer."""
    grants = [(None, None), *product(COUNT_IN, Right.values), *product(COUNT_NOT, ["delete"])]
    answers = [
        *product(["shared"], [None, *MemberStatus.values]),
        *product(["private", "community", "public"], [None, "accepted"]),
    ]
    every = product((HOME, HERE, None), answers, grants)
    for number, (owner, (visibility, answer), (to, right)) in enumerate(every):
        yield Case(owner, visibility, answer, to, right, served=number % 3 > 0)


@pytest.fixture
def people() -> dict[str, User]:
    """Return a user of each role in HERE, who is in ASIDE too, in one group and no more in one."""
    groups = [Group(name=name) for name in (HOME, HERE, ASIDE, "group", "group left")]
    Group.objects.bulk_create(groups)
    projects = [Project(pk=one.name, name=f"p{one.name}"[:9], group=one) for one in groups[:3]]
    Project.objects.bulk_create(projects)
    users = {
        role: User.objects.create(
            username=role,
            is_superuser=role == "administrator",
            **({"is_auditor": True} if role == "auditor" else {}),
        )
        for role in ROLES
    }
    for role, user in users.items():
        user.groups.add(groups[3], groups[4])
        user.groups.remove(groups[4])
        Membership.objects.create(user=user, project=projects[2], role="manager")
        if role in {"reader", "member", "manager", "service"}:
            Membership.objects.create(user=user, project=projects[1], role=role)
    return users


@pytest.fixture
def askers(people: dict[str, User]) -> dict[str, Actor]:
    """Return everybody as the doors build them, in HERE."""
    found = {role: project_actor(user, project=HERE) for role, user in people.items()}
    found["none"] = found["none"] or unscoped_actor(people["none"])
    return {role: asking for role, asking in found.items() if asking} | {"nobody": NOBODY}


@pytest.fixture
def images(people: dict[str, User]) -> dict[Case, Image]:
    """Return an image of each case."""
    made = {
        case: Image(
            owner=case.owner,
            visibility=case.visibility,
            status="active" if case.served else "deactivated",
            size=1,
            disk_format="raw",
            container_format="bare",
        )
        for case in cases()
    }
    Image.objects.bulk_create(made.values())
    Member.objects.bulk_create(
        Member(image=image, project=HERE, status=case.answer)
        for case, image in made.items()
        if case.answer
    )
    grant(made, people)
    return made


def grant(made: dict[Case, Image], people: dict[str, User]) -> None:
    """Write the rows of all grants."""
    else_, past = User.objects.create(username="else"), timezone.now() - timedelta(seconds=1)
    permissions = {
        one.codename: one for one in Permission.objects.filter(content_type__model="image")
    }
    names = {"project": HERE, "ended project": HERE, "aside": ASIDE, "ended group": "group"}
    groups = {one.name: one for one in Group.objects.all()}
    to_users, to_groups = [], []
    for case, image in made.items():
        for right in {"view", case.right} if case.right else ():
            ended = case.to is not None and case.to.startswith("ended")
            row: dict[str, Any] = {"content_object": image, "expires_at": past if ended else None}
            row["permission"] = permissions[f"{right}_image"]
            if case.to in {"user", "ended user"}:
                to_users += [ImageUserPermission(user=user, **row) for user in people.values()]
            elif case.to == "somebody else":
                to_users.append(ImageUserPermission(user=else_, **row))
            else:
                group = groups[names.get(str(case.to), str(case.to))]
                to_groups.append(ImageGroupPermission(group=group, **row))
    ImageUserPermission.objects.bulk_create(to_users)
    ImageGroupPermission.objects.bulk_create(to_groups)


def test_by_id_everybody_sees_what_the_rules_say(
    images: dict[Case, Image], askers: dict[str, Actor]
) -> None:
    counts = {}
    for role, asking in askers.items():
        visible = set(Image.objects.visible_to(asking))
        expected = {image for case, image in images.items() if case.is_seen(role)}
        assert visible == expected, role
        assert {image for image in images.values() if can_see(asking, image)} == expected, role
        counts[role] = len(visible)

    assert counts["administrator"] == counts["auditor"] == len(images) == 660
    assert counts["reader"] == counts["member"] == counts["manager"] == 625
    assert counts["none"] == counts["nobody"] == counts["service"] == 0


def test_lists_hold_what_the_rules_say(images: dict[Case, Image], askers: dict[str, Actor]) -> None:
    visibilities, statuses = ["", "all", *Visibility.values], ["accepted", "pending", "all"]
    for (role, asking), visibility, status in product(askers.items(), visibilities, statuses):
        rows = listed_for(
            Image.objects.all(), asking, visibility=visibility, member_status=status
        ).reasons
        listed = {pk for reason in rows for pk in reason.values_list("pk", flat=True)}
        asked = (role, visibility, status)
        assert listed == {image.pk for case, image in images.items() if case.is_listed(*asked)}, (
            asked
        )


def test_acts_are_those_that_the_rules_say(
    images: dict[Case, Image], askers: dict[str, Actor]
) -> None:
    done, acts = dict.fromkeys(ACTIONS, 0), list(ACTIONS)
    for (turn, role), (number, case) in product(enumerate(askers), enumerate(images)):
        if not case.is_seen(role):
            assert may(askers[role], acts[number % len(acts)], images[case]) is False, (role, case)
            continue
        half = acts[(number + turn) % 2 :: 2]  # a member tries those that a manager does not
        allowed = {act for act in half if is_allowed(askers[role], act, images[case])}
        assert allowed == {act for act in half if case.is_done(role, act)}, (role, case)
        done |= {act: done[act] + 1 for act in allowed}

    assert min(done.values()) >= 300, done
