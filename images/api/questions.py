"""Lists, asked by prepared questions: clients ask for the same few again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from django.db.models import BigIntegerField, DateTimeField, UUIDField
from django.http import QueryDict

from images.actors import Actor
from images.api.filters import filtered, unread
from images.models import Image
from images.models.sorting import Order, border_of
from images.prepared import Prepared, Slot

KEPT = 256
"""Questions that a process keeps; each is some ten kilobytes."""
KEPT_LENGTH = 1000
"""Characters of a query whose question is kept, so that nobody fills the memory with them."""
PAGING = frozenset({"marker", "limit", "sort", "sort_key", "sort_dir"})
FIELDS: dict[str, Any] = {
    "size": BigIntegerField(),
    "created_at": DateTimeField(),
    "updated_at": DateTimeField(),
    "id": UUIDField(),
}


@dataclass(frozen=True)
class Question:
    """Which list, and what kind of actor asks: all that makes the SQL, and none of the values.

    *unread* are the properties asked for that the actor may not read, as the rules are now.
    """

    asked: tuple[tuple[str, tuple[str, ...]], ...]
    roles: frozenset[str]
    is_in_project: bool
    groups: int
    unread: frozenset[str]
    order: tuple[tuple[str, str], ...]
    limit: int
    has_border: bool

    @cached_property
    def query(self) -> QueryDict:
        """What was asked, without page and order."""
        query = QueryDict(mutable=True)
        for key, values in self.asked:
            query.setlist(key, [*values])
        return query

    @cached_property
    def actor(self) -> Actor:
        """Somebody of that kind, with slots for what tells one from another."""
        return Actor(
            project=cast("Any", Slot("project")) if self.is_in_project else None,
            user_key=cast("Any", Slot("user_key", BigIntegerField())),
            roles=self.roles,
            groups=cast("Any", [Slot(f"group {n}", BigIntegerField()) for n in range(self.groups)]),
        )

    def prepared(self) -> Prepared[Image] | None:
        """Return the question as the database is asked it; None if nothing is ever listed."""
        order = list(self.order)
        border = {key: Slot(f"after {key}", FIELDS.get(key)) for key, _ in order}
        page = filtered(self.query, self.actor).page(
            order, limit=self.limit, after=border if self.has_border else None
        )
        return None if page is None else Prepared(page.with_parts(are_many=True))


_kept = lru_cache(KEPT)(Question.prepared)


def list_images(
    query: QueryDict, actor: Actor, order: Order, *, limit: int, after: Image | None
) -> list[Image]:
    """Return one page of the list that *query* asks for, with parts. Raises `BadRequest`."""
    groups = sorted(actor.groups)
    question = Question(
        asked=tuple((key, tuple(values)) for key, values in query.lists() if key not in PAGING),
        roles=actor.roles,
        is_in_project=actor.project is not None,
        groups=len(groups),
        unread=unread(query, actor),
        order=tuple(order),
        limit=limit,
        has_border=after is not None,
    )
    is_short = sum(len(text) for _, values in question.asked for text in values) <= KEPT_LENGTH
    prepared = _kept(question) if is_short else question.prepared()
    if prepared is None:
        return []
    border = {} if after is None else border_of(after, order)
    return prepared.ask(
        project=actor.project,
        user_key=actor.user_key,
        **{f"group {number}": group for number, group in enumerate(groups)},
        **{f"after {key}": value for key, value in border.items()},
    )
