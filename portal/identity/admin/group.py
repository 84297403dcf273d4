"""Django's groups in the admin: those of a project, or of a Keystone, are changed there alone."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Groups of the whole cloud."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Leave out those that carry what is granted to a project, or to some of its people."""
        free = {"project": None, "project_group": None, "keystone_group": None}
        return super().get_queryset(request).filter(**free)
