"""Where users, projects and groups come from: from here, or from a Keystone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Who says who somebody is, and what they may be called."""

    LOCAL = "local", _("this service")
    KEYSTONE = "keystone", "Keystone"
