"""HTTP Basic: the id and the secret of an application credential with each request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.identity.models import Project, User
from tests.portal.identity.conftest import acting
from tests.portal.identity.who import Robot, ask, basic


def test_basic_with_a_credential(alice: User, demo: Project, robot: Robot) -> None:
    answer = ask(authorization=basic(robot[1].pk, robot[0]))

    assert answer.data == {"actor": replace(acting(alice, demo), is_restricted=True)}


@pytest.mark.parametrize(
    "value",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic /////w==",
        "Basic YWJj",
        basic("alice", "wrong"),
        basic("\0", "\0"),
        basic("0" * 32, "vs_x"),
    ],
)
def test_basic_with_anything_else_is_refused(robot: Robot, value: str) -> None:
    answer = ask(authorization=value)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Keystone")


def test_basic_with_a_wrong_secret_is_throttled_but_the_right_one_is_not(robot: Robot) -> None:
    wrong = basic(robot[1].pk, "vs_wrong")

    answers = [ask(authorization=wrong) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert 890 <= int(answers[-1]["Retry-After"]) <= 900
    assert ask(authorization=basic(robot[1].pk, robot[0])).status_code == 200


def test_basic_credential_dies_with_the_membership(
    alice: User, demo: Project, robot: Robot
) -> None:
    alice.memberships.all().delete()

    assert ask(authorization=basic(robot[1].pk, robot[0])).status_code == 401
