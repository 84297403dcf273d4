"""A group of people that a Keystone knows."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeystoneGroup(models.Model):
    """The shadow of a Keystone's group; *group* carries the object permissions given to it."""

    id = models.CharField(_("id"), max_length=64, primary_key=True, editable=False)
    name = models.CharField(_("name"), max_length=255, editable=False)
    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, related_name="keystone_group", editable=False
    )

    class Meta:
        verbose_name = _("Keystone group")
        verbose_name_plural = _("Keystone groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
