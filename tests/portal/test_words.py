"""The catalogue holds every message, in whole and for sure."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("portal/locale/*/LC_MESSAGES/django.po"))
SOURCES = ("images", "portal", "quotas", "stores", "templates")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sources whose catalogues were brought up to date."""
    copy = tmp_path_factory.mktemp("words")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("vendor", "*.mo"))
    languages = [f"--locale={path.parts[-3]}" for path in CATALOGUES]
    code = "from django.core.management import execute_from_command_line as run; run()"
    settings = f"import sys; sys.path.append({str(ROOT)!r}); {code}"
    command = [sys.executable, "-c", settings, "makemessages", "--no-location", *languages]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return copy


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
@pytest.mark.parametrize("flaw", ["--untranslated", "--only-fuzzy"])
def test_catalogue_is_complete(fresh: Path, path: Path, flaw: str) -> None:
    catalogue = fresh / path.relative_to(ROOT)

    found = subprocess.run(
        ["msgattrib", flaw, "--no-obsolete", "--no-wrap", catalogue],
        check=True,
        capture_output=True,
        text=True,
    )

    assert [line for line in found.stdout.splitlines() if line.startswith("msgid ")][1:] == []


def test_both_languages_are_spoken() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == ["zh_Hans"]
