"""The identity app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    """Users, projects, roles, tokens, and the Identity API's part that image clients need."""

    name = "portal.identity"
    label = "identity"
    verbose_name = _("Identity")

    def ready(self) -> None:
        """Listen to who is let in and who is not, to the reaper, and to quotas."""
        from portal.identity import (  # noqa: F401 -- registration needs loaded apps
            reaping,
            receivers,
            soft_lines,
        )
