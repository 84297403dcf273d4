"""Events as people read them: one page of what happened, in words, with names for ids."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from images.lifecycle.activity import Search, events_for, page, told
from portal.lists.keyset import Page
from portal.names import image_names, project_names, user_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from django.forms import Form

    from images.actors import Actor
    from images.models import Event, Image

TO_PROJECTS = ("image.member.", "identity.project.", "quota.")
"""Kinds whose subject is a project."""

LAST = 5  # of an image, on its own page
LONGEST = 80  # characters of a value in a table
NOTHING = "–"
KINDS = {
    "image.": _("Images"),
    "image.download": _("Downloads"),
    "image.corrupt": _("Corrupt data"),
    "image.member.": _("Shares"),
    "image.grant.": _("Grants"),
    "task.": _("Tasks"),
    "metadef_": _("Metadata definitions"),
    "identity.login": _("Sign-ins"),
    "identity.token.": _("Tokens"),
    "identity.credential.": _("API tokens"),
    "identity.membership.": _("Members"),
    "identity.user.": _("Users"),
    "identity.project.": _("Projects"),
    "quota.": _("Limits"),
}
"""How kinds of events begin, and what people call them."""


class Activity:
    """The events of one page, read by keyset: *after* or *before* the id of one.

    *form* is what narrows them, and valid. Raises `Forbidden`.
    """

    def __init__(self, form: Form, actor: Actor, *, after: int | None, before: int | None) -> None:
        asked = form.cleaned_data
        self.is_narrowed = any(asked.values())
        self.sees_all = actor.sees_all
        events = events_for(actor, search_of(asked))
        self.page = _page(events, after=after, before=before)
        self.rows = shown(self.page.rows, actor)


def _page(events: QuerySet[Event], *, after: int | None, before: int | None) -> Page[Event]:
    if before is not None:
        newer = events.filter(pk__gt=before).order_by("pk")
        return Page(newer, has_marker=True, backwards=True)
    older = events.order_by("-pk") if after is None else events.filter(pk__lt=after).order_by("-pk")
    return Page(older, has_marker=after is not None)


def search_of(asked: Mapping[str, Any]) -> Search:
    """Return the search for what a form *asked*; days are whole ones, in UTC."""
    what = asked.get("what", "")
    image = _as_image(what)
    until = asked.get("until")
    return Search(
        kind=asked.get("kind", ""),
        user=asked.get("who", ""),
        image=image,
        subject="" if image else what,
        address=asked.get("address", ""),
        project=asked.get("project", ""),
        since=_midnight(asked.get("since")),
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def shown(events: Iterable[Event], actor: Actor) -> list[dict[str, Any]]:
    """Return *events* as a page shows them to *actor*; names take three queries at most."""
    facts = [told(event, actor) for event in events]
    people = user_names({one["user"] for one in facts} | {one["subject"] for one in facts})
    of_projects = [one for one in facts if one["kind"].startswith(TO_PROJECTS)]
    projects = project_names(
        {one["project"] for one in facts} | {one["subject"] for one in of_projects}
    )
    images = image_names((one["image_id"], one["project"]) for one in facts if is_nameless(one))
    times = [event.created_at for event in events]
    return [
        one
        | {
            "at": at,
            "who": people.get(one["user"], one["user"]),
            "object": _object(one, people | projects | images),
            "to": (people | projects).get(one["subject"], ""),
            "of": projects.get(one["project"], one["project"]),
            "changes": changes(one),
        }
        for one, at in zip(facts, times, strict=True)
    ]


def image_activity(image: Image, actor: Actor) -> list[dict[str, Any]] | None:
    """Return the last events of *image*; None for who may read none of them."""
    if not (actor.sees_all or image.owner == actor.project):
        return None
    return shown(page(events_for(actor, Search(image=image.pk)), limit=LAST), actor)


def changes(fact: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return name, value before and value after of all that changed."""
    before, after = _flat(fact["before"]), _flat(fact["after"])
    names = sorted(before.keys() | after.keys())
    values = [(name, before.get(name), after.get(name)) for name in names]
    return [(name, _short(was), _short(now)) for name, was, now in values if was != now]


def is_nameless(fact: Mapping[str, Any]) -> bool:
    """Tell whether it happened to an image of which the event tells no name."""
    return bool(fact["image_id"]) and "name" not in fact["details"]


def _object(fact: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return what it happened to, by its name: an image's is that of then, or else of now."""
    then = fact["details"].get("name") if fact["image_id"] else None
    public_id = fact["image_id"] or fact["subject"]
    return str(then or names.get(public_id, public_id))


def _flat(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    plain = dict(facts or {})
    properties = plain.pop("properties", None)
    return plain | (properties if isinstance(properties, dict) else {})


def _short(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _as_image(text: str) -> UUID | None:
    """Return *text* as the id of an image, which has dashes where other ids have none."""
    try:
        return UUID(text) if "-" in text else None
    except ValueError:
        return None


def _midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
