"""Quotas in the admin: limits are set, what is used is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from images.admin.acts import AdministratorsAdmin, actor_in, ask
from quotas.account import Origin
from quotas.limits import UNLIMITED, drop_limit, set_limit
from quotas.models import Limit, Part, Resource, Usage
from quotas.parts import drop_part_limit, set_part_limit
from stores.registry import all_stores

GREATEST = 2**63 - 1


class SetAdmin(AdministratorsAdmin):
    """Rows that administrators set by acts; whose limit of what it is stays as it was chosen."""

    chosen_once: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Fix what is chosen: another is another limit."""
        return self.chosen_once if obj else ()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for limit in queryset:
            self.delete_model(request, limit)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


class LineForm(forms.Form):
    """A limit and its soft line, for several projects at once."""

    value = forms.IntegerField(label=_("limit"), min_value=UNLIMITED, max_value=GREATEST)
    soft = forms.IntegerField(label=_("soft line"), min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a line beyond the limit."""
        line, most = self.cleaned_data.get("soft"), self.cleaned_data.get("value")
        if line is not None and most is not None and line > most:
            raise ValidationError(_("The soft line must lie between 0 and the limit."))
        return self.cleaned_data


@admin.register(Limit)
class LimitAdmin(SetAdmin):
    """Limits of projects that differ from the default."""

    list_display = ("project", "resource", "value", "soft")
    list_filter = ("resource",)
    search_fields = ("project",)
    chosen_once = ("project", "resource")
    actions = ("change_together",)

    def save_model(self, request: HttpRequest, obj: Limit, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        resource = Resource(obj.resource)
        set_limit(obj.project, resource, obj.value, soft=obj.soft, actor=actor_in(request))
        obj.pk = Limit.objects.get(project=obj.project, resource=resource).pk

    def delete_model(self, request: HttpRequest, obj: Limit) -> None:
        drop_limit(obj, actor=actor_in(request))

    @admin.action(description=_("Change together"), permissions=["change"])
    def change_together(self, request: HttpRequest, chosen: QuerySet[Limit]) -> HttpResponse | None:
        """Show the chosen ones and ask for the limit that all of them get, then set it."""
        if chosen.order_by().values("resource").distinct().count() > 1:
            self.message_user(request, _("Choose limits of one resource."), messages.ERROR)
            return None
        form = LineForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            title, question = _("Change together"), _("All of these get the same limit:")
            return ask(self, request, chosen, title=title, question=question, form=form)
        for limit in chosen:
            self.save_model(request, _with(limit, form.cleaned_data), form, change=True)
            self.log_change(request, limit, "set_limit")
            self.message_user(request, str(limit))
        return None


def _with(limit: Limit, line: dict[str, Any]) -> Limit:
    limit.value, limit.soft = line["value"], line["soft"]
    return limit


class PartForm(forms.ModelForm[Part]):
    """The form of a limit of a store that there is, or of a user."""

    def clean_store(self) -> str:
        """Refuse a store that is not configured: a slip would limit nothing."""
        name: str = self.cleaned_data["store"]
        if name and name not in all_stores():
            raise ValidationError(_("There is no such store."))
        return name


@admin.register(Part)
class PartAdmin(SetAdmin):
    """Limits of a project's bytes in one store, or of those that one user put there."""

    form = PartForm
    list_display = ("project", "store", "user", "value", "used", "reserved")
    list_filter = ("store",)
    search_fields = ("project", "user")
    chosen_once = ("project", "store", "user")

    def save_model(self, request: HttpRequest, obj: Part, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's own
        origin = Origin(obj.store, obj.user)
        obj.pk = set_part_limit(obj.project, origin, obj.value, actor=actor_in(request)).pk

    def delete_model(self, request: HttpRequest, obj: Part) -> None:
        drop_part_limit(obj, actor=actor_in(request))


@admin.register(Usage)
class UsageAdmin(AdministratorsAdmin):
    """What projects use."""

    list_display = ("project", "used", "reserved", "images", "uploads")
    search_fields = ("project",)
