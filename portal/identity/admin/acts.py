"""Verbs as actions of the admin: confirmed first, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from images.actors import NOBODY, Actor, session_mark
from images.admin.acts import ask
from portal.identity.actors import asking, system_actor
from portal.identity.errors import IdentityError
from portal.identity.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Answer = HttpResponse | None


class Verb(Protocol):
    """An act on one row."""

    __name__: str

    def __call__(self, thing: Any, /, *, actor: Actor) -> object: ...


def operator_in(request: HttpRequest) -> Actor:
    """Return the administrator who asks, or nobody: then every verb refuses."""
    user = request.user
    actor = system_actor(user) if isinstance(user, User) else None
    if actor is None:
        return NOBODY
    return asking(actor, request, token=session_mark(request.session.session_key))


def act(verb: Verb, *, label: StrOrPromise, question: StrOrPromise) -> Callable[..., Answer]:
    """Return an action that asks *question* with the names, and then does *verb* to each."""

    @admin.action(description=label, permissions=["change"])
    def run(page: admin.ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Any]) -> Answer:
        if "confirmed" not in request.POST:
            return ask(page, request, chosen, title=label, question=question)
        for thing in chosen:
            _do(page, request, thing, verb=verb)
        return None

    run.__name__ = verb.__name__
    return run


def _do(page: admin.ModelAdmin[Any], request: HttpRequest, thing: Model, *, verb: Verb) -> None:
    try:
        verb(thing, actor=operator_in(request))
    except IdentityError as refusal:
        page.message_user(request, f"{thing}: {refusal}", messages.ERROR)
    else:
        page.log_change(request, thing, verb.__name__)
        page.message_user(request, str(thing), messages.SUCCESS)


def become(row: Model, made: Model) -> None:
    """Let *row*, which a form of Django's filled in, be the one that an act *made* in its place."""
    row.__dict__.update(made.__dict__)


class OperatorsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the checker alone
    """Rows that only the cloud's administrators see; nothing is deleted but by a verb."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return operator_in(request) is not NOBODY

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return operator_in(request) is not NOBODY

    def has_add_permission(self, request: HttpRequest) -> bool:
        return operator_in(request) is not NOBODY

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return operator_in(request) is not NOBODY

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for thing in queryset:
            self.delete_model(request, thing)
