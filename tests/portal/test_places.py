from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

HERE = "http://testserver"
PAGE = "/images/4b47ce0b-5c82-4c4f-9b8a-6f3b1b1c1a11/sharing"
TOLD = "You are signed out, so what you asked for was not done."
ACT = "/images/4b47ce0b-5c82-4c4f-9b8a-6f3b1b1c1a11/deactivate"


@pytest.mark.parametrize("act", [ACT, "/accounts/project/", "/account/sessions"])
@pytest.mark.parametrize(
    ("sender", "after"),
    [
        (f"{HERE}{PAGE}?page=2#top", f"{PAGE}%3Fpage%3D2"),
        ("https://evil.example/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_button_pressed_after_the_session_leads_back_to_its_page(
    client: Client, act: str, sender: str, after: str | None
) -> None:
    answer = client.post(act, headers={"Referer": sender})

    assert answer["Location"] == f"/accounts/login/?next={after or act}"


def test_who_pressed_a_button_after_the_session_is_told_that_nothing_was_done(
    client: Client, db: None
) -> None:
    sign_in = client.post(ACT, headers={"Referer": f"{HERE}{PAGE}"})["Location"]

    assert TOLD in client.get(sign_in).text
    assert TOLD not in client.get(sign_in).text


def test_who_only_looked_or_is_a_script_is_told_nothing(client: Client, db: None) -> None:
    client.get(PAGE)
    client.post(ACT, headers={"Accept": "application/json"})

    assert TOLD not in client.get("/accounts/login/").text


def test_a_page_that_was_only_looked_at_is_come_back_to(client: Client) -> None:
    answer = client.get("/trash?all=1", headers={"Referer": f"{HERE}{PAGE}"})

    assert answer["Location"] == "/accounts/login/?next=/trash%3Fall%3D1"
