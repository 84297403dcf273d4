"""The operator's pages of limits: who is near them, one project's, and many by a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from portal.forms.limits import LimitsForm, SheetForm
from portal.quotas.limits import change_limits, own_limits
from portal.quotas.near import shown_near
from portal.quotas.sheet_reading import read_sheet
from portal.quotas.sheets import Sheet, sheet_lines, whole_sheet
from portal.quotas.usage import room_of
from portal.undo import Undo, offer_undo
from portal.views.base import ActView
from portal.views.operate import OperateMixin
from quotas.near import by_share, near

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 50
MOST_CHANGES = 1000
"""Of one request: it holds the rows of the projects, whose uploads wait for so long."""

LONGEST_UNDO = 16_000
"""Characters of a sheet that the session keeps, so that what it changed can be undone."""


class LimitsView(OperateMixin, TemplateView):
    """/operate/limits: the projects above a soft line, the fullest first; ?all=1 for the others."""

    template_name = "portal/operate_limits.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show one page of them."""
        shows_all = bool(self.request.GET.get("all"))
        found = by_share() if shows_all else near(by_share())
        page = Paginator(found, PAGE).get_page(self.request.GET.get("page"))
        rows = shown_near(list(page))
        return super().get_context_data(page=page, rows=rows, shows_all=shows_all, **kwargs)


class SheetView(OperateMixin, View):
    """/operate/limits.csv: the limits of all projects as a file."""

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        """Send it."""
        response = StreamingHttpResponse(whole_sheet(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="limits.csv"'
        return response


class ImportView(OperateMixin, ActView):
    """/operate/limits/import: what a file would change; then all of that, or nothing."""

    template_name = "portal/operate_limits_import.html"
    form_class = SheetForm

    def do(self, form: SheetForm) -> HttpResponse:
        """Show what the file would change, or do what was shown."""
        sheet = read_sheet(form.content, most=MOST_CHANGES)
        mark = form.cleaned_data["mark"]
        if mark == sheet.mark and not sheet.faults:
            return self.apply(sheet)
        shown = {"sheet": sheet, "text": form.content, "was_otherwise": bool(mark)}
        context = self.get_context_data(form=form, **shown)
        return self.render_to_response(context, status=400 if sheet.faults else 200)

    def apply(self, sheet: Sheet) -> HttpResponse:
        """Change the limits, and offer to undo that while it is not too long."""
        before = "".join(
            sheet_lines([(one, "") for one in sheet.projects], own_limits() | sheet.before)
        )
        change_limits(sheet.changes, actor=self.actor)
        text, page = _changed(len(sheet.changes)), reverse("operate-limits")
        if len(before) > LONGEST_UNDO:
            messages.success(self.request, text)
        else:
            fields = [("text", before), ("mark", read_sheet(before).mark)]
            offer_undo(self.request, page, Undo(text, reverse("operate-limits-import"), fields))
        return redirect(page)


class ProjectLimitsView(OperateMixin, ActView):
    """/operate/projects/<id>/limits: the limits of one project."""

    template_name = "portal/operate_project_limits.html"
    form_class = LimitsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Let the form know whose limits they are."""
        return super().get_form_kwargs() | {"project": self.project.pk}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show each pair of fields below what is used."""
        form = kwargs.setdefault("form", self.get_form())
        gauges = room_of(self.project.pk).gauges
        rows = [(gauges[resource], hard, soft) for resource, hard, soft in form.pairs]
        return super().get_context_data(project=self.project, rows=rows, **kwargs)

    def do(self, form: LimitsForm) -> HttpResponse:
        """Set what was changed, and offer to undo that."""
        page = reverse("operate-project", args=[self.project.pk])
        if not form.changes:
            messages.info(self.request, _("Nothing was changed: these limits hold already."))
            return redirect(page)
        change_limits(form.changes, actor=self.actor)
        undo = Undo(_changed(len(form.changes)), self.request.path, form.typed)
        offer_undo(self.request, page, undo)
        return redirect(page)


def _changed(count: int) -> str:
    return ngettext("%(count)d limit was changed.", "%(count)d limits were changed.", count) % {
        "count": count
    }
