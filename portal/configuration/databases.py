"""The database that the environment names, with what holds for each kind of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.configuration import environment as env

POSTGRES = (
    "statement_timeout=30s",
    "idle_in_transaction_session_timeout=10s",
    # Answers are short: what starts workers or a compiler for one costs more than it saves.
    "max_parallel_workers_per_gather=0",
    "jit=off",
)

PATIENCE_SECONDS = 4
"""How long a request waits for a connection.

Tries to connect are given up as soon, since each pauses for twice as long as the one before: who
comes when the database is back waits for no long pause to end.
"""
IDLE_SECONDS = 10
"""After so long a connection that was not needed is closed.

The pool gives all of its connections in turn: where a moment opened twelve, twelve servers would go
on answering with caches that the others emptied.
"""


def configured_database(var: Path, *, connections: int) -> dict[str, Any]:
    """Return Django's settings of the database; without one in the environment SQLite in *var*.

    A process holds at most *connections* to PostgreSQL. Raises `ImproperlyConfigured`.
    """
    database = env.database("DATABASE_URL", f"sqlite:///{var / 'vitrine.sqlite3'}")
    database["ATOMIC_REQUESTS"] = False
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return database | {
            # Kept: at the last one's end SQLite moves its log into the file, and all wait.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    return database | {
        "ENGINE": "portal.postgresql",  # which sees that pooled connections live
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": connections,
                "timeout": PATIENCE_SECONDS,
                "reconnect_timeout": PATIENCE_SECONDS,
                "max_idle": IDLE_SECONDS,
            },
            "connect_timeout": PATIENCE_SECONDS,
            # A server that lost its power says nothing: whoever waits for it finds out.
            "tcp_user_timeout": 10_000,  # milliseconds
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "prepare_threshold": 2,  # PostgreSQL keeps the plans of what images.prepared asks
            "options": " ".join(f"-c {setting}" for setting in POSTGRES),
        },
    }
