"""What the pages have in common: somebody is signed in, an image is found, a refusal is shown."""

from __future__ import annotations

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from images.lifecycle.trash import goes_to_trash
from images.models import Image
from images.permissions import may, permit
from portal.errors import wants_json
from portal.places import READING, sign_in_first
from portal.refusals import refusals_in

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from images.actors import Actor

ACTS = (*("download", "share", "modify", "upload", "verify", "deactivate", "reactivate", "delete"),)


@method_decorator(never_cache, name="dispatch")
class PageMixin(LoginRequiredMixin):
    """A page for who is signed in; everybody else comes back to it after signing in."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @property
    def actor(self) -> Actor:
        """Who looks at the page."""
        actor: Actor = self.request.actor  # type: ignore[attr-defined] # by the middleware
        return actor

    def handle_no_permission(self) -> HttpResponseRedirect:
        """Let nobody in: the sign-in first."""
        return sign_in_first(self.request)


@method_decorator(never_cache, name="dispatch")
class InProjectMixin(PageMixin):
    """A page of a project's things; who is in none is told what to do about that."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the project before anything is shown."""
        is_lost = request.user.is_authenticated and not (self.actor.project or self.actor.sees_all)
        if is_lost and request.method in READING:
            return render(request, "portal/no_project.html", status=HTTPStatus.FORBIDDEN)
        return super().dispatch(request, *args, **kwargs)


class ImageMixin(PageMixin):
    """A page of one image, for who may do *act* to it: 404 if it is not to be seen, 403 if seen."""

    act: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the right before anything is shown."""
        if request.user.is_authenticated and self.act:
            permit(self.actor, self.act, self.image)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def image(self) -> Image:
        """The image of the address, or `NotVisible`."""
        found = Image.objects.visible_to(self.actor).with_parts()
        return found.get_or_absent(self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the image, and which acts are permitted."""
        allowed = {act: may(self.actor, act, self.image) for act in ACTS}
        allowed["trash"] = allowed["delete"] and goes_to_trash(self.image)
        shown: dict[str, Any] = super().get_context_data(  # type: ignore[misc] # of the view below
            image=self.image, may=allowed, **kwargs
        )
        return shown


class ActView(FormView):  # type: ignore[type-arg] # no brackets at run time
    """A form whose act may be refused; the refusal stands in it, and nothing typed is lost."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Do the act."""
        with refusals_in(form) as outcome:
            return self.do(form)
        return self.form_invalid(form, status=outcome.status)

    def do(self, form: Any) -> HttpResponse:
        """Call one verb, and answer."""
        raise NotImplementedError

    def form_invalid(self, form: Any, *, status: int = 400) -> HttpResponse:
        """Show the form again with what is wrong, or tell a script."""
        if wants_json(self.request):
            return JsonResponse({"errors": form.errors}, status=status)
        return self.render_to_response(self.get_context_data(form=form), status=status)


class ImageActView(ImageMixin, View):
    """An act on an image without a form of its own: a button."""

    http_method_names = ["post"]
