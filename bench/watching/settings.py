"""The production settings, over a connection that times what is done under a project's lock."""

from __future__ import annotations

from portal.settings import *  # noqa: F403 -- all of them, and one changed

DATABASES["default"]["ENGINE"] = "bench.watching"  # noqa: F405
