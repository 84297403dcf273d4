from __future__ import annotations

from tests.routes import route_of, routes, rows


def test_every_route_has_a_row() -> None:
    assert sorted(routes() - rows()) == []


def test_every_row_has_a_route() -> None:
    assert sorted(rows() - routes()) == []


def test_minor_versions_take_the_same_route() -> None:
    assert route_of("GET", "/v2.7/images/x/file") == ("GET", "/v2/images/{image_id}/file")
    assert route_of("GET", "/v2/images/x/file") in routes()
    assert route_of("GET", "/accounts/nowhere") is None
