from __future__ import annotations

from csp.constants import HEADER
from django.http import HttpResponse
from django.test import RequestFactory

from portal.policy import PolicyMiddleware


def policy_of(response: HttpResponse) -> str:
    """Return the policy with which *response* goes out."""
    middleware = PolicyMiddleware(lambda request: response)
    return middleware.process_response(RequestFactory().get("/"), response).headers[HEADER]


def test_answer_has_the_policy_of_the_settings() -> None:
    policy = policy_of(HttpResponse())

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_view_changes_the_policy_of_its_answer_alone() -> None:
    changed = HttpResponse()
    changed._csp_update = {"sandbox": True}  # type: ignore[attr-defined] # what its decorator sets

    assert "sandbox" in policy_of(changed)
    assert "sandbox" not in policy_of(HttpResponse())


def test_policy_that_an_answer_has_stays() -> None:
    assert policy_of(HttpResponse(headers={HEADER: "default-src 'none'"})) == "default-src 'none'"
