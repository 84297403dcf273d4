"""Who acts in the admin, and verbs as actions: confirmed first, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from images.actors import ADMIN, Actor, session_mark, with_implied
from images.errors import ImageError
from images.models import Image
from stores.errors import StoreError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Answer = HttpResponse | None
TEMPLATE = "admin/images/confirm_act.html"


class Verb(Protocol):
    """An act on one image."""

    __name__: str

    def __call__(self, image: Image, /, *, actor: Actor) -> object: ...


def actor_in(request: HttpRequest) -> Actor:
    """Return the administrator who asks, in no project in particular; the door is theirs alone."""
    user: Any = request.user
    return Actor(
        user=user.public_id,
        user_key=user.pk,
        project="",
        roles=with_implied(ADMIN),
        request_id=getattr(request, "request_id", ""),
        address=getattr(request, "address", ""),
        token=session_mark(request.session.session_key),
    )


class AdministratorsAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # no brackets at run time
    """Rows that only the cloud's administrators see; nothing is added or deleted by hand."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def act(verb: Verb, *, label: StrOrPromise, question: StrOrPromise) -> Callable[..., Answer]:
    """Return an action that asks *question* with what will happen, and then does *verb* to each."""

    @admin.action(description=label, permissions=["change"])
    def run(page: admin.ModelAdmin[Any], request: HttpRequest, chosen: QuerySet[Any]) -> Answer:
        images = images_of(chosen)
        if "confirmed" not in request.POST:
            parts = images.with_parts()  # type: ignore[attr-defined] # our queryset
            return ask(page, request, parts, template=TEMPLATE, title=label, question=question)
        for image in list(images):
            _do(page, request, image, verb=verb)
        return None

    run.__name__ = verb.__name__
    return run


def images_of(chosen: QuerySet[Any]) -> QuerySet[Image]:
    """Return the images of *chosen*, which are images or rows of the trash."""
    if chosen.model is Image:
        return chosen
    return Image.remembered.filter(pk__in=chosen.values("pk"))


def ask(
    page: admin.ModelAdmin[Any],
    request: HttpRequest,
    chosen: QuerySet[Any],
    *,
    template: str = "admin/confirm_act.html",
    **words: Any,
) -> HttpResponse:
    """Return the page that asks before something is done to each of *chosen*.

    *words* are its `title` and `question`, and a `form` if there is something to fill in.
    """
    context = {
        **page.admin_site.each_context(request),
        **words,
        "chosen": chosen,
        "action": request.POST["action"],
        "opts": page.opts,
    }
    return TemplateResponse(request, template, context)


def _do(page: admin.ModelAdmin[Any], request: HttpRequest, image: Image, *, verb: Verb) -> None:
    """Do *verb*; a refusal of one image keeps no other from it."""
    try:
        verb(image, actor=actor_in(request))
    except (ImageError, StoreError) as refusal:
        page.message_user(request, f"{image}: {refusal}", messages.ERROR)
    else:
        page.log_change(request, image, verb.__name__)
        page.message_user(request, f"{page.opts.verbose_name}: {image}", messages.SUCCESS)
