"""The project's settings, with a memory store, and the database that `scripts/test` starts."""

from __future__ import annotations

import os
from types import MappingProxyType

os.environ.setdefault("VITRINE_SECRET_KEY", "only-for-tests-" * 4)
if "VITRINE_TEST_DATABASE_URL" in os.environ:
    os.environ["VITRINE_DATABASE_URL"] = os.environ["VITRINE_TEST_DATABASE_URL"]

from portal.settings import *

# A test holds its transaction open however long the machine takes.
DATABASE["OPTIONS"].pop("options", None)
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Read-only: what a test adds in place would stay for all the others.
IMAGE_STORES = MappingProxyType(
    {"memory": {"BACKEND": "stores.backends.memory.MemoryStore", "DESCRIPTION": "", "OPTIONS": {}}}
)
DEFAULT_STORE = "memory"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
UPLOAD_SLOT_WAIT_SECONDS = 0
