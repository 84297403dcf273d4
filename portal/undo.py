"""What a person did just now and can undo: kept in the session until its page was shown once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

KEY = "undo"  # in the session


@dataclass(frozen=True, slots=True)
class Undo:
    """The form that undoes it: *text* says what was done, *fields* go to *action* by POST."""

    text: str
    action: str
    fields: list[tuple[str, str]]


def offer_undo(request: HttpRequest, page: str, undo: Undo) -> None:
    """Say what was done on the next view of the address *page*, with a button that undoes it."""
    request.session[KEY] = {"page": page, **asdict(undo)}


def taken(request: HttpRequest) -> Undo | None:
    """Return what can be undone on the page of *request*, once; a page that polls takes nothing."""
    kept: dict[str, Any] = request.session.get(KEY) or {}
    if kept.get("page") != request.path or "HX-Request" in request.headers:
        return None
    del request.session[KEY]
    return Undo(kept["text"], kept["action"], [(name, value) for name, value in kept["fields"]])
