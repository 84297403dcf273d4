#!/usr/bin/env python3
"""Run Django's commands for this project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

BROKEN_PIPE, INTERRUPTED = 128 + 13, 128 + 2  # as a shell tells of these signals
OURS = Path(__file__).resolve().with_name(".venv") / "bin" / "python"


def main() -> None:
    """Run one command; what is no mistake of ours ends it with one sentence.

    That is a wrong setting, whose variable is named, and a database that does not answer.
    """
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- it may be missing
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- the same
    from django.db import InterfaceError, OperationalError  # noqa: PLC0415 -- the same

    if not all(map(is_text, sys.argv)):
        sys.exit("The arguments must be text in UTF-8.")

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as trouble:
        sys.exit(str(trouble))
    except (OperationalError, InterfaceError) as trouble:
        first = str(trouble).strip().partition("\n")[0]
        sys.exit(f"VITRINE_DATABASE_URL: the database does not answer: {first}")
    except BrokenPipeError:  # whoever reads it, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def is_text(argument: str) -> bool:
    """Tell whether *argument* was text, and not bytes that Python could only put aside."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    if OURS.exists() and Path(sys.prefix) != OURS.parent.parent:
        os.execv(OURS, [str(OURS), *sys.argv])  # noqa: S606 -- the same command, where Django is
    main()
