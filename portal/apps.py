"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages for people."""

    name = "portal"
