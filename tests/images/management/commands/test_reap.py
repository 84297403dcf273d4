from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("seconds", ["0", "-5", "x", "1.5", "86401", "9" * 20, "\u0665"])
def test_pause_must_be_one(seconds: str) -> None:
    with pytest.raises(CommandError, match="must be whole seconds from 1 to 86400"):
        call_command("reap", f"--every={seconds}")
