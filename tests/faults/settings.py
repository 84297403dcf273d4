"""The production settings, over stores and answers that stop where a test asks them to."""

from __future__ import annotations

from tests.live_settings import *  # noqa: F403 -- all of them, and two changed

PATIENCE = {"osd_timeout": 12, "patience": 15}
IMAGE_STORES = {
    name: {
        "BACKEND": "tests.faults.pauses.PausingStore",
        "DESCRIPTION": entry["DESCRIPTION"],
        "OPTIONS": {
            "backend": entry["BACKEND"],
            "options": entry["OPTIONS"] | (PATIENCE if name == "rbd" else {}),
        },
    }
    for name, entry in IMAGE_STORES.items()  # noqa: F405
}
MIDDLEWARE = ["tests.faults.pauses.pause_before_answer", *MIDDLEWARE]  # noqa: F405
