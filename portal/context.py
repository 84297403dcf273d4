"""What every page's frame shows: who asks, where, and what waits for an answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from images.actors import NOBODY, Actor
from images.states import MemberStatus
from portal.identity.models import Invitation, Project, User
from portal.identity.permissions import is_operator
from portal.sharing.shares import shares_with
from portal.undo import Undo, taken

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
PLACES = ("inbox", "trash", "project", "account", "image-new", "own-groups", "operate-projects")
MOST_PROJECTS = 200  # that the switcher offers; an administrator could act in all


class Frame:
    """The frame of one page; each question is asked of the database once, and only if shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def actor(self) -> Actor:
        """Who looks at the page; nobody yet, where a request was refused before it came so far."""
        return getattr(self._request, "actor", NOBODY)

    @property
    def theme(self) -> str:
        """The colours that the reader fixed, or nothing: then the system's."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def projects(self) -> list[Project]:
        """The projects to switch to."""
        user = self._request.user
        if not isinstance(user, User):
            return []
        return list(Project.objects.open_to(user)[:MOST_PROJECTS])

    @cached_property
    def project(self) -> Project | None:
        """The project in which the actor acts."""
        listed = (one for one in self.projects if one.pk == self.actor.project)
        return next(listed, None) or Project.objects.filter(pk=self.actor.project).first()

    @cached_property
    def suspended(self) -> list[Project]:
        """The projects that one is in, but in which nobody can act."""
        user = self._request.user
        return (
            list(Project.objects.of(user).filter(enabled=False)) if isinstance(user, User) else []
        )

    @property
    def after_switch(self) -> str:
        """Where to be in another project: here, unless the page is of this one's things."""
        return self._request.path if self._request.path in map(reverse, PLACES) else ""

    @property
    def pending(self) -> int:
        """How many images wait to be accepted or rejected."""
        return self._waiting[0]

    @property
    def invitations(self) -> int:
        """How many projects one is invited to."""
        return self._waiting[1]

    @cached_property
    def _waiting(self) -> tuple[int, int]:
        """What waits for an answer of the project, and of the user, in one query."""
        user = self._request.user
        if not isinstance(user, User):
            return 0, 0
        shares = shares_with(self.actor.project).filter(status=MemberStatus.PENDING)
        invitations = Invitation.objects.open().filter(user=user.pk)
        asked = User.objects.filter(pk=user.pk)
        shared, invited = asked.values_list(_count_of(shares), _count_of(invitations)).get()
        return int(shared), int(invited)

    @cached_property
    def undo(self) -> Undo | None:
        """What was done just now on this page and can be undone."""
        return taken(self._request) if self.actor.is_known else None

    @property
    def is_operator(self) -> bool:
        """Is this the cloud's administrator?"""
        return is_operator(self.actor)


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of *rows*, to be asked beside other things."""
    counted = rows.order_by().values(whole=Value(1)).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the version and the frame."""
    return {"version": settings.VERSION, "frame": Frame(request)}
