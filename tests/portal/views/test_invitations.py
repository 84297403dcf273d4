from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.identity.keys import digest, new_secret
from portal.identity.models import Invitation, Membership, User
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from django.test import Client

    from portal.identity.models import Project


@pytest.fixture
def mailed(projects: dict[str, Project]) -> str:
    """The address in the mail of an invitation to the lab."""
    secret, ada = new_secret("vn"), User.objects.create(username="ada")
    Membership.objects.create(user=ada, project=projects[PROJECT], role="manager")
    Invitation.objects.create(
        project=projects[PROJECT],
        email="eve@example.org",
        role="reader",
        invited_by=ada,
        secret_hash=digest(secret),
    )
    return f"/invitations/{secret}"


def test_who_accepts_after_the_session_signs_in_first(client: Client, mailed: str) -> None:
    answer = client.post(mailed, {"answer": "accept"})

    assert answer["Location"] == f"/accounts/login/?next={mailed}"
    assert Invitation.objects.get().answer == "waiting"


@pytest.mark.parametrize("said", ["", "no", "Accept", "decline "])
@pytest.mark.parametrize("who", ["client", "at_shop"])
def test_what_is_no_answer_changes_nothing(
    request: pytest.FixtureRequest, mailed: str, who: str, said: str
) -> None:
    browser: Client = request.getfixturevalue(who)

    assert browser.post(mailed, {"answer": said}).status_code == 400
    assert Invitation.objects.get().answer == "waiting"


def test_nobody_declines(client: Client, mailed: str) -> None:
    assert client.post(mailed, {"answer": "decline"}).status_code == 200
    assert Invitation.objects.get().answer == "declined"
