from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from images.models import Event
from portal.identity.actors import OPERATOR
from portal.identity.people import create_project
from quotas.limits import limit_of
from quotas.models import Limit, Resource

pytestmark = pytest.mark.django_db

SIZE = Resource.IMAGE_SIZE_TOTAL


def run(*arguments: str) -> str:
    """Run the command and return what it says."""
    out = io.StringIO()
    call_command("limits", *arguments, stdout=out)
    return out.getvalue()


def test_limits_are_written_and_read_again(tmp_path: Path) -> None:
    demo = create_project("demo", actor=OPERATOR)
    create_project("other", actor=OPERATOR)
    file = tmp_path / "limits.csv"
    file.write_text(run().replace(f"{demo.pk},demo,,", f"{demo.pk},demo,2 GiB,1 GiB"))

    said = run("--import", str(file))

    assert said.splitlines() == [
        "demo: image_size_total: the default, no limit → 2 GiB, soft line 1 GiB",
        "1 changes",
    ]
    assert limit_of(demo.pk, SIZE) == 2 << 30
    assert Event.objects.get(kind="quota.limit.set").user == "manage.py"
    assert run("--import", str(file)) == "0 changes\n"


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    create_project("demo", actor=OPERATOR)
    file = tmp_path / "limits.csv"
    file.write_text("name,image_size_total\ndemo,5\n")

    said = run("--import", str(file), "--dry-run")

    assert said.splitlines()[0] == "demo: image_size_total: the default, no limit → 5 B"
    assert not Limit.objects.exists()


def test_one_wrong_line_keeps_all_from_being_changed(tmp_path: Path) -> None:
    create_project("demo", actor=OPERATOR)
    file = tmp_path / "limits.csv"
    file.write_text("name,image_size_total\ndemo,5\nnowhere,5\n")

    with pytest.raises(CommandError, match="line 3: There is no project of the name “nowhere”"):
        run("--import", str(file))

    assert not Limit.objects.exists()


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = create_project("demo", actor=OPERATOR)
    content = io.BytesIO(b"name,image_size_total\ndemo,5\n")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))

    run("--import", "-")

    assert limit_of(demo.pk, SIZE) == 5


@pytest.mark.parametrize(
    ("content", "told"), [(None, "cannot be read"), (b"name\n\xff\n", "is not text in UTF-8")]
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "limits.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=f"{file} {told}"):
        run("--import", str(file))
