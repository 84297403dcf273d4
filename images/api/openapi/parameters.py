"""What operations take beside a body: parts of the address, filters, pages, headers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter

from images.api.filters import COMPARISONS, NUMBERS
from images.api.pagination import DIRECTIONS, SORT_KEYS
from images.states import MemberStatus, Visibility

JSON = "application/json"
TEXT = {"type": "string"}
TIME = "A time (ISO 8601), after one of " + ", ".join(f"`{word}:`" for word in COMPARISONS)
NUMBER = "A number, after one of " + ", ".join(f"`{word}:`" for word in COMPARISONS)


def in_path(name: str, description: str, **schema: Any) -> OpenApiParameter:
    """Describe a part of the address."""
    return OpenApiParameter(name, TEXT | schema, "path", description=description)


def in_query(name: str, description: str, **schema: Any) -> OpenApiParameter:
    """Describe a parameter of the query string."""
    return OpenApiParameter(name, TEXT | schema, "query", description=description)


def in_header(name: str, description: str, **schema: Any) -> OpenApiParameter:
    """Describe a header of the request."""
    return OpenApiParameter(name, TEXT | schema, "header", description=description)


def answered(name: str, description: str, *statuses: int, **schema: Any) -> OpenApiParameter:
    """Describe a header of the answers of *statuses*; of all without any."""
    return OpenApiParameter(
        name,
        TEXT | schema,
        "header",
        description=description,
        response=list(statuses) or True,
    )


def flag(name: str, description: str) -> OpenApiParameter:
    """Describe a parameter that is true or false, in any case."""
    return in_query(name, description, pattern="^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$")


def choice(name: str, description: str, values: Iterable[str]) -> OpenApiParameter:
    """Describe a parameter that is one of *values*."""
    return in_query(name, description, enum=list(values))


REQUEST_ID = answered("X-Openstack-Request-Id", "The request's id, for questions about it")
IMAGE_ID = in_path("image_id", "The image's id", format="uuid")
LIMIT = in_query(
    "limit",
    f"Rows of one page, {settings.LIST_LIMIT_MAX} at most; more is cut to it",
    type="integer",
    minimum=0,
    default=settings.LIST_LIMIT,
)

FILTERS = [
    *(
        in_query(name, "A value, or several as `in:a,b`")
        for name in ("id", "name", "status", "container_format", "disk_format")
    ),
    *(
        in_query(name, "An equal value")
        for name in ("owner", "checksum", "os_hash_algo", "os_hash_value")
    ),
    *(in_query(name, NUMBER) for name in sorted(NUMBERS)),
    *(
        in_query(f"{name}_{bound}", f"The {word} {name}", type="integer")
        for name in sorted(NUMBERS)
        for bound, word in (("min", "least"), ("max", "largest"))
    ),
    *(in_query(name, TIME) for name in ("created_at", "updated_at")),
    choice("visibility", "Which of those that one may see", [*Visibility.values, "all"]),
    choice("member_status", "Which shares count", [*MemberStatus.values, "all"]),
    flag("os_hidden", "Hidden images in place of the others"),
    flag("protected", "Protected images, or the others"),
    in_query("tag", "A tag; repeated, all must be there", type="array", items=TEXT),
    in_query(
        "properties",
        "Any other key is a custom property, and its value what that must be",
        type="object",
        additionalProperties=TEXT,
    ),
]
PAGING = [
    LIMIT,
    in_query("marker", "The id of the image after which the page begins", format="uuid"),
    in_query("sort", "Keys in order, each with its direction: `name:asc,size:desc`"),
    in_query("sort_key", "A key; repeatable", type="array", items={"enum": sorted(SORT_KEYS)}),
    in_query(
        "sort_dir",
        "The direction of all keys, or one for each",
        type="array",
        items={"enum": sorted(DIRECTIONS)},
    ),
]

STORE = in_header("X-Image-Meta-Store", "The store to keep the data in; else the default one")
SIZE = in_header("X-OpenStack-Image-Size", "The bytes that will come", pattern="^[0-9]{1,18}$")
PREFER = in_query("prefer", "Stores to be tried first, in their order, split at commas")
RANGE = in_header("Range", "One range of bytes: `bytes=0-1023`, `bytes=1024-`, `bytes=-512`")
OLD_RANGE = in_header("Content-Range", "A range as old clients ask for it: `bytes 0-1023/*`")
