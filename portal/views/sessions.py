"""The acts on one's own sessions, which the account's page lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from portal.identity.sessions import end_other_sessions, end_session
from portal.views.base import PageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class EndSessionView(PageMixin, View):
    """/account/sessions/<mark>: end one, at once and on every node."""

    def post(self, request: HttpRequest, mark: str) -> HttpResponse:
        """End it."""
        end_session(mark, actor=self.actor)
        messages.success(request, _("The session has ended."))
        return redirect("account")


class EndOthersView(PageMixin, View):
    """/account/sessions: end all but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them."""
        count = end_other_sessions(request, actor=self.actor)
        said = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", count)
        messages.success(request, said % {"count": count})
        return redirect("account")
