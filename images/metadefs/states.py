"""Words of the catalogue that everybody may use."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """Who may read a namespace: everybody, or the project that owns it."""

    PUBLIC = "public", _("public")
    PRIVATE = "private", _("private")
