from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from images.permissions import ACTIONS, ACTIONS_WITHOUT_IMAGE
from portal.identity.models import Project, User
from tests.conftest import MakeImage, PutRules
from tests.portal.identity.conftest import *  # noqa: F403 -- Alice, and where she works


def said(*arguments: str) -> list[str]:
    """Return the lines that the command prints."""
    out = StringIO()
    call_command("rules", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_table_shows_each_action_and_which_rule_is_the_operators(put_rules: PutRules) -> None:
    put_rules('delete = "admin"')

    lines = said()

    assert [line.split()[0] for line in lines] == [*ACTIONS, *ACTIONS_WITHOUT_IMAGE]
    assert [line for line in lines if "rules file" in line] == [
        "delete              admin   (rules file)"
    ]


def test_answer_says_why(alice: User, demo: Project, make_image: MakeImage, admin: object) -> None:
    image = make_image(name="first", owner=demo.pk, actor=admin)

    assert said("alice", "delete", str(image.pk)) == [
        f"yes: delete first ({image.pk}), in project {demo.pk}",
        "roles: member, reader",
        "sees it:",
        "  no  admin: no",
        "  no  auditor: no",
        "  yes  reader: yes, shown: yes",
        "  no  reader: yes, granted:view: no",
        "delete:",
        "  no  admin: no",
        "  yes  own: yes, member: yes",
        "  no  granted:delete: no",
    ]


def test_user_without_a_way_to_the_project_is_in_none(
    alice: User, elsewhere: Project, make_image: MakeImage
) -> None:
    image = make_image()

    lines = said("alice", "delete", str(image.pk), "--project", "elsewhere")

    assert lines[:2] == [f"no: delete {image} ({image.pk}), in no project", "roles: none"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("alice",), "or none of them"),
        (("nobody", "delete", "1"), "no user 'nobody'"),
        (("alice", "detonate", "1"), "An action is one of"),
        (("alice", "delete", "1"), "No image found with ID 1"),
        (("alice", "delete", "1", "--project", "nowhere"), "no project 'nowhere'"),
    ],
)
def test_nonsense_is_told(alice: User, arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        said(*arguments)
