from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import make_people, new_context
from tests.browser.conftest import watch
from tests.browser.looks import complaints
from tests.live import serve
from tests.provider import provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.live import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that trusts a real provider."""
    with provider() as issuer:
        variables = {
            "VITRINE_OIDC_URL": issuer,
            "VITRINE_OIDC_NAME": "Corp",
            "VITRINE_OIDC_CLIENT_ID": "vitrine",
            "VITRINE_OIDC_CLIENT_SECRET": "hush",
            "VITRINE_OIDC_GROUPS": "cloud=lab:member",
        }
        with serve(tmp_path_factory.mktemp("sso"), **variables) as running:
            make_people(running)
            yield running


def test_in_by_the_provider_and_out_again(
    browser: Browser, server: Server, troubles: list[str]
) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        watch(page, troubles)
        page.goto(f"{server.url}/accounts/login/?next=/project")
        assert complaints(page) == []

        page.get_by_role("link", name="Sign in with Corp").click()
        page.get_by_role("button", name="c-1").click()
        page.wait_for_url(f"{server.url}/project")
        expect(page.get_by_role("heading", level=1)).to_have_text("lab")
        page.locator("details.menu summary", has_text="carol").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{server.url}/accounts/login/")

        page.goto(f"{server.url}/project")
        page.wait_for_url(f"{server.url}/accounts/login/?next=/project")
    assert troubles == []


def test_an_answer_without_our_state_is_refused(browser: Browser, server: Server) -> None:
    with new_context(browser) as context:
        page = context.new_page()
        page.goto(f"{server.url}/accounts/login/")
        page.get_by_role("link", name="Sign in with Corp").click()
        page.get_by_role("button", name="Deny").wait_for()

        page.goto(f"{server.url}/accounts/oidc/sso/login/callback/?error=access_denied")

        page.get_by_role("heading", name="Single sign-on did not work").wait_for()
        assert complaints(page) == []
        page.get_by_role("link", name="Try again").click()
        page.get_by_role("link", name="Sign in with Corp").wait_for()
