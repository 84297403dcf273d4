"""The roles that a project gives to its people; the cloud's administrator is none of them."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from django.db import models
from django.utils.translation import gettext_lazy as _

from images.actors import MANAGER, MEMBER, READER, SERVICE


class Role(models.TextChoices):
    """What a user is in a project; each one of people implies those before it."""

    READER = READER, _("reader")
    MEMBER = MEMBER, _("member")
    MANAGER = MANAGER, _("manager")
    SERVICE = SERVICE, _("service")


def role_id(name: str) -> str:
    """Return the id that the Identity API gives to the role *name*, the same on every node."""
    return uuid5(NAMESPACE_URL, f"role:{name}").hex
