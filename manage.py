#!/usr/bin/env python3
"""Run Django's commands for this project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

OURS = Path(__file__).resolve().with_name(".venv") / "bin" / "python"


def main() -> None:
    """Run one command; a wrong setting ends it with one sentence that names the variable."""
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- it may be missing
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- the same

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    if OURS.exists() and Path(sys.prefix) != OURS.parent.parent:
        os.execv(OURS, [str(OURS), *sys.argv])  # noqa: S606 -- the same command, where Django is
    main()
