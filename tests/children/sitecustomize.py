"""What the servers of tests do at their start: they tell the tests each secret that they make.

Python imports this by itself, since `tests.live` puts this folder on its path.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

if "TESTS_SECRETS" in os.environ:
    make = secrets.token_urlsafe

    def token_urlsafe(nbytes: int | None = None) -> str:
        """Make a secret, and add it to the file of secrets."""
        secret = make(nbytes)
        with Path(os.environ["TESTS_SECRETS"]).open("a", encoding="ascii") as file:
            file.write(f"{secret}\n")
        return secret

    secrets.token_urlsafe = token_urlsafe
