"""Pages of a list: sorted by keys and id, continued after the marker's own keys."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import QueryDict

from images.actors import Actor
from images.api.errors import BadRequest
from images.api.numbers import read_number
from images.errors import NotVisible
from images.models import Image, Trashed
from images.models.finding import find_remembered
from images.models.sorting import SORTED, Order
from images.permissions import demand_sight

LIST = "/v2/images"
SORT_KEYS = frozenset(SORTED)
MOST_LARGE = 16
DIRECTIONS = frozenset({"asc", "desc"})


def read_limit(query: QueryDict) -> int:
    """Return how many images a page holds. Raises `BadRequest`."""
    asked = query.get("limit", str(settings.LIST_LIMIT))
    return min(read_number("limit", asked), settings.LIST_LIMIT_MAX)


def read_order(query: QueryDict) -> Order:
    """Return keys and directions of a list, made total by `created_at` and `id`.

    Raises `BadRequest` for unknown keys or directions, or both styles at once.
    """
    if "sort" in query and ("sort_key" in query or "sort_dir" in query):
        raise BadRequest("Use either sort or sort_key and sort_dir.")
    order = _new_style(query.get("sort", "")) if "sort" in query else _old_style(query)
    for key, direction in order:
        if key not in SORT_KEYS or direction not in DIRECTIONS:
            raise BadRequest(f"Cannot sort by '{key}' '{direction}'.")
    given = query.getlist("sort_dir") or [direction for _, direction in order]
    last = given[0] if len(given) == 1 else "desc"
    total: dict[str, str] = {}
    for key, direction in [*order, ("created_at", last), ("id", last)]:
        total.setdefault(key, direction)
        if key == "id":  # nothing after it is ever compared
            break
    return list(total.items())


def _new_style(text: str) -> Order:
    pairs = [part.partition(":") for part in text.split(",")]
    return [(key.strip(), way.strip() if colon else "desc") for key, colon, way in pairs]


def _old_style(query: QueryDict) -> Order:
    keys = query.getlist("sort_key") or ["created_at"]
    directions = query.getlist("sort_dir") or ["desc"]
    if len(directions) == 1:
        directions *= len(keys)
    if len(directions) != len(keys):
        raise BadRequest("sort_dir must be given once, or once for each sort_key.")
    return list(zip(keys, directions, strict=True))


def find_marker(query: QueryDict, actor: Actor) -> Image | None:
    """Return the image of `marker`, if asked; one that is not visible is as good as unknown.

    An administrator's page may also begin after a deleted image.
    """
    marker = query.get("marker")
    if marker is None:
        return None
    try:
        image = find_remembered(marker)
        if not actor.is_admin:
            demand_sight(actor, image)
    except NotVisible:
        raise BadRequest("marker is not the id of an image.") from None
    return image


def begin_of(images: Sequence[Image]) -> Sequence[Image]:
    """Return the first of *images*, with `MOST_LARGE` whose properties are large: some megabytes.

    The next page begins after them. Nobody's thousand images of a megabyte each fill the memory.
    """
    large = [at for at, image in enumerate(images) if image.has_large_properties]
    return images[: large[MOST_LARGE]] if len(large) > MOST_LARGE else images


def first_address(asked: str, *, path: str = LIST) -> str:
    """Return the address of the first page of the query *asked*: all of it but the marker."""
    return _address(path, asked, marker=None)


def next_page(
    asked: str, rows: Sequence[Image | Trashed], *, limit: int, path: str = LIST
) -> dict[str, str]:
    """Return `next`, the address of the page after that of *rows*, if this one came full."""
    if not rows or len(rows) < limit:
        return {}
    return {"next": _address(path, asked, marker=str(rows[-1].pk))}


def _address(path: str, asked: str, *, marker: str | None) -> str:
    """Return the address of a page; parameters stay in their order, also among repeated ones."""
    pairs = [pair for pair in parse_qsl(asked, keep_blank_values=True) if pair[0] != "marker"]
    if marker:
        pairs.append(("marker", marker))
    return path + (f"?{urlencode(pairs)}" if pairs else "")
