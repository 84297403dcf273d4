"""Passwords of test servers: hashed as they are in production, but in a moment."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 with as little work as it takes: each check would be a third of a second."""

    time_cost = 1
    memory_cost = 64  # KiB
    parallelism = 1
