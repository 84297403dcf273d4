"""The production settings for test servers, whose passwords are checked in a moment."""

from __future__ import annotations

from portal.settings import *

PASSWORD_HASHERS = ["tests.hashers.QuickArgon2PasswordHasher"]
