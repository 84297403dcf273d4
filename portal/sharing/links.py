"""Who stands behind a download link, and under which address it is given away."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from images.actors import NOBODY, Actor
from images.errors import NotVisible
from images.lifecycle.links import count_use, demand_worth, find_link, open_link
from portal.identity.abroad import is_let_in
from portal.identity.actors import asking, project_actor
from portal.image.downloads import asked_part, send_file

if TYPE_CHECKING:
    from django.http import HttpRequest

    from images.api.download import Answer
    from images.models import Link


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with the secret of *link*; *maker* is who made it, as it stands now.

    None is a maker who was suspended, or is no longer in the project.
    """

    link: Link
    maker: Actor | None
    visitor: Actor


def visit(request: HttpRequest, secret: str) -> Visit:
    """Return who comes with *secret*; raise `NotVisible` for a link that opens nothing."""
    link = find_link(secret)
    maker = maker_of(link)
    demand_worth(link, maker=maker)
    return Visit(link, maker, asking(NOBODY, request))


def maker_of(link: Link) -> Actor | None:
    """Return the maker of *link* with what it is in the link's project now."""
    return project_actor(link.user, project=link.project) if is_let_in(link.user) else None


def send_linked(request: HttpRequest, visit: Visit) -> Answer:
    """Return the data, or the part that is asked for; the use is counted before the first byte.

    To look (`HEAD`), or to ask for what there is not, is no use.
    """
    link = visit.link
    with ExitStack() as opened:
        reader = opened.enter_context(open_link(link, maker=visit.maker))
        part = asked_part(request, link.image, reader)
        if request.method == "HEAD":
            demand_use_left(link)
        else:
            count_use(link, visitor=visit.visitor, resumes=part is not None and part.start > 0)
        opened.pop_all()
    return send_file(request, link.image, reader)


def demand_use_left(link: Link) -> None:
    """Raise `NotVisible` for a link that is used up."""
    if link.uses_left == 0:
        raise NotVisible("This link is used up.")


def address_of(secret: str) -> str:
    """Return the address to give away."""
    return settings.PUBLIC_URL + reverse("link", args=[secret])
