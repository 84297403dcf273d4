"""Programs that log in by an application credential."""

from __future__ import annotations

import pytest

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import ApplicationCredential, Project, User
from tests.portal.identity.api.login import DOMAIN, by_credential, by_token, post, shown

Robot = tuple[str, ApplicationCredential]


def test_log_in_by_credential(alice: User, demo: Project, robot: Robot) -> None:
    secret, credential = robot

    token = shown(post(by_credential(id=credential.pk, secret=secret)))

    assert token["methods"] == ["application_credential"]
    assert token["project"]["id"] == demo.pk
    assert token["application_credential"] == {
        "id": credential.pk,
        "name": "robot",
        "restricted": True,
    }


@pytest.mark.parametrize("key", ["id", "name"])
def test_log_in_by_the_name_of_a_credential(alice: User, robot: Robot, key: str) -> None:
    user = {"id": alice.public_id} if key == "id" else {"name": "alice", "domain": DOMAIN}

    answer = post(by_credential(name="robot", user=user, secret=robot[0]))

    assert shown(answer)["user"]["name"] == "alice"


@pytest.mark.parametrize("scope", ["unscoped", {"project": {"name": "elsewhere"}}])
def test_credential_takes_no_scope(
    alice: User, elsewhere: Project, robot: Robot, scope: object
) -> None:
    people.give_role(alice, project=elsewhere, role="member", actor=OPERATOR)

    answer = post(by_credential(id=robot[1].pk, secret=robot[0]), scope=scope)

    assert answer.status_code == 401


def test_token_of_a_credential_cannot_leave_its_project(
    alice: User, elsewhere: Project, robot: Robot
) -> None:
    people.give_role(alice, project=elsewhere, role="member", actor=OPERATOR)
    secret = post(by_credential(id=robot[1].pk, secret=robot[0]))["X-Subject-Token"]

    other = post(by_token(secret), scope={"project": {"id": elsewhere.pk}})
    same = post(by_token(secret))

    assert other.status_code == 401
    assert shown(same)["application_credential"]["id"] == robot[1].pk
