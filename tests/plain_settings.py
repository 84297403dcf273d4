"""The project's settings for collecting static files quickly: hashed names, nothing compressed."""

from __future__ import annotations

from portal.settings import *

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
}
