"""Pages of a list: sorted by keys and id, continued after the marker's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from images.api.errors import BadRequest
from images.errors import NotVisible
from images.models import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from images.models.image import ImageQuerySet

DEFAULT_LIMIT = 25
MAX_LIMIT = 1000
SORT_KEYS = frozenset(
    {
        "name",
        "status",
        "container_format",
        "disk_format",
        "size",
        "id",
        "created_at",
        "updated_at",
    }
)
NULLS: dict[str, Any] = {"name": "", "container_format": "", "disk_format": "", "size": 0}
DIRECTIONS = frozenset({"asc", "desc"})

Order = list[tuple[str, str]]


def read_limit(query: QueryDict) -> int:
    """Return how many images a page holds. Raises `BadRequest`."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("limit must be a whole number, not negative.")
    return min(int(text[:6]), MAX_LIMIT)


def read_order(query: QueryDict) -> Order:
    """Return keys and directions of a list, made total by `created_at` and `id`.

    Raises `BadRequest` for unknown keys or directions, or both styles at once.
    """
    old = "sort_key" in query or "sort_dir" in query
    if "sort" in query and old:
        raise BadRequest("Use either sort or sort_key and sort_dir.")
    order = _new_style(query["sort"]) if "sort" in query else _old_style(query)
    for key, direction in order:
        if key not in SORT_KEYS or direction not in DIRECTIONS:
            raise BadRequest(f"Cannot sort by '{key}' '{direction}'.")
    directions = {direction for _, direction in order}
    last = order[0][1] if len(directions) == 1 else "desc"
    named = {key for key, _ in order}
    return [*order, *((key, last) for key in ("created_at", "id") if key not in named)]


def _new_style(text: str) -> Order:
    pairs = [part.partition(":") for part in text.split(",")]
    return [(key.strip(), direction.strip() if colon else "desc") for key, colon, direction in pairs]


def _old_style(query: QueryDict) -> Order:
    keys = query.getlist("sort_key") or ["created_at"]
    directions = query.getlist("sort_dir") or ["desc"]
    if len(directions) == 1:
        directions *= len(keys)
    if len(directions) != len(keys):
        raise BadRequest("sort_dir must be given once, or once for each sort_key.")
    return list(zip(keys, directions, strict=True))


def page(images: ImageQuerySet, order: Order, *, limit: int, after: Image | None) -> list[Image]:
    """Return the next *limit* of *images* in *order*, those *after* one image."""
    nullable = {
        f"sort_{key}": Coalesce(F(key), Value(NULLS[key])) for key, _ in order if key in NULLS
    }
    images = images.annotate(**nullable)
    if after is not None:
        images = images.filter(_beyond(order, after))
    signs = {"asc": "", "desc": "-"}
    return list(images.order_by(*(signs[way] + _column(key) for key, way in order))[:limit])


def _column(key: str) -> str:
    return f"sort_{key}" if key in NULLS else key


def find_marker(images: ImageQuerySet, query: QueryDict) -> Image | None:
    """Return the image of `marker`, if asked; one that is not visible is as good as unknown."""
    if "marker" not in query:
        return None
    try:
        return images.get_or_absent(query["marker"])
    except NotVisible:
        raise BadRequest("marker is not the id of an image.") from None


def next_address(query: QueryDict, images: Sequence[Image], *, limit: int) -> str | None:
    """Return the address of the page after one of *images*, if it came full."""
    if not images or len(images) < limit:
        return None
    following = query.copy()
    following["marker"] = str(images[-1].pk)
    return f"/v2/images?{following.urlencode()}"


def first_address(query: QueryDict) -> str:
    """Return the address of the first page, with every parameter but the marker."""
    following = query.copy()
    following.pop("marker", None)
    return "/v2/images" + (f"?{following.urlencode()}" if following else "")


def _beyond(order: Order, after: Image) -> Q:
    """Return the condition "comes after *after* in *order*", key by key."""
    beyond, equal = Q(pk__in=[]), Q()
    for key, direction in order:
        value = getattr(after, key)
        value = NULLS[key] if value is None else value
        comparison = "gt" if direction == "asc" else "lt"
        name = _column(key)
        beyond |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return beyond
