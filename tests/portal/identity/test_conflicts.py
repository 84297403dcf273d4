"""Acts that the database gives up for another's are done again, as if it were the first time."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from images.models import Event
from portal.identity import belongings, credentials, groups, people
from portal.identity.actors import OPERATOR
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.models import ApplicationCredential, Project, ProjectGroup, User
from quotas.limits import drop_limit, set_limit
from quotas.models import Limit, Resource
from tests.conflicts import deadlocked, given_up_once
from tests.portal.identity.conftest import acting
from tests.threads import needs_server

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = "images_event"


@needs_server
def test_deadlock_is_tried_again(root: User, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "images.lifecycle.transactions")
    rows = User.objects.order_by("pk")

    deadlocked(
        lambda: people.suspend_user(alice, actor=OPERATOR),
        held=rows.filter(pk=alice.pk),
        wanted=rows.filter(pk=root.pk),
    )

    assert "suspend_user is tried again: deadlock detected" in caplog.text
    assert not User.objects.get(pk=alice.pk).is_active
    assert Event.objects.filter(kind="identity.user.suspend").count() == 1


def test_secret_before_a_new_one_is_good_for_a_while_all_the_same(
    alice: User, demo: Project
) -> None:
    first, credential = create_credential(NewCredential(name="robot"), actor=acting(alice, demo))

    with given_up_once(EVENTS):
        second = credentials.rotate_credential(credential, actor=acting(alice, demo))

    kept = ApplicationCredential.objects.get()
    assert (kept.opens_with(first), kept.opens_with(second)) == (True, True)


def test_what_a_user_chose_is_kept(alice: User) -> None:
    with given_up_once(EVENTS):
        people.keep_language(alice, "zh-hans", actor=OPERATOR)
    with given_up_once(EVENTS):
        people.keep_shortcuts(alice, wanted=False, actor=OPERATOR)

    kept = User.objects.get(pk=alice.pk)
    assert (kept.language, kept.has_shortcuts) == ("zh-hans", False)


def test_role_and_usual_project_come_and_go_together(bob: User, demo: Project) -> None:
    carol = people.create_user("carol", actor=OPERATOR)

    with given_up_once(EVENTS):
        people.give_role(carol, project=demo, role="member", actor=OPERATOR)
    given = User.objects.get(pk=carol.pk).default_project
    with given_up_once(EVENTS):
        people.remove_role(carol, project=demo, actor=OPERATOR)

    assert (given, User.objects.get(pk=carol.pk).default_project) == (demo, None)


def test_group_is_renamed_and_the_event_says_from_what(demo: Project) -> None:
    group = groups.create_group("builders", project=demo, actor=OPERATOR)

    with given_up_once(EVENTS):
        groups.rename_group(group, "makers", actor=OPERATOR)

    event = Event.objects.latest("pk")
    assert (event.before, event.after) == ({"name": "builders"}, {"name": "makers"})


def test_group_and_project_go(demo: Project) -> None:
    group = groups.create_group("builders", project=demo, actor=OPERATOR)

    with given_up_once(EVENTS):
        groups.delete_group(group, actor=OPERATOR)
    with given_up_once(EVENTS):
        belongings.delete_project(demo, actor=OPERATOR)

    assert (ProjectGroup.objects.count(), Project.objects.count(), Group.objects.count()) == (
        0,
    ) * 3


def test_limit_is_dropped(demo: Project) -> None:
    set_limit(demo.pk, Resource.IMAGE_COUNT_TOTAL, 3)

    with given_up_once(EVENTS):
        drop_limit(Limit.objects.get())

    assert Limit.objects.count() == 0
