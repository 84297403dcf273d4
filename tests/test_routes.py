from __future__ import annotations

import re

from django.contrib import admin

from tests.browser.album import ADMIN_LISTS, DOCS, HALF_WAY, LOST, SHOTS, STILL
from tests.routes import pages, route_of, routes, rows

LOOKED_AT = [*(shot.path for shot in STILL if shot != LOST), DOCS, HALF_WAY]
IMAGES = ("image", "queued", "off", "kept", "lost")
SHAPES = {"key": "1", **dict.fromkeys(IMAGES, "0" * 8 + "-0000" * 3 + "-" + "0" * 12)}


def page_of(place: str) -> str:
    """Return the address of the page that *place* shows."""
    path = re.sub(r"{(\w+)}", lambda match: SHAPES.get(match[1], "0" * 32), place.partition("?")[0])
    return (route_of("GET", path) or ("", path))[1]


def test_every_route_has_a_row() -> None:
    assert sorted(routes() - rows()) == []


def test_every_row_has_a_route() -> None:
    assert sorted(rows() - routes()) == []


def test_minor_versions_take_the_same_route() -> None:
    assert route_of("GET", "/v2.7/images/x/file") == ("GET", "/v2/images/{image_id}/file")
    assert route_of("GET", "/v2/images/x/file") in routes()
    assert route_of("GET", "/accounts/nowhere") is None


def test_every_page_is_looked_at() -> None:
    assert sorted(pages() - {page_of(place) for place in LOOKED_AT}) == []


def test_what_is_looked_at_is_a_page() -> None:
    assert sorted({page_of(place) for place in LOOKED_AT} - pages()) == []


def test_every_page_has_a_picture() -> None:
    assert sorted(pages() - {page_of(shot.path) for shot in SHOTS}) == []


def test_every_list_of_the_admin_has_a_picture() -> None:
    pages()  # the addresses come first, and hide some tables

    assert sorted(ADMIN_LISTS) == sorted(model._meta.label_lower for model in admin.site._registry)
