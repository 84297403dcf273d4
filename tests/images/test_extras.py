from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from images.extras import Extras, read_extras

LEVEL = {"type": "string", "enum": ["gold", "silver"]}
SHOWN = LEVEL | {"is_base": False}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Return a writer of an operator's file, which returns its path."""

    def write(content: object) -> str:
        path = tmp_path / "extras.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


def test_shipped_file_declares_the_wellknown_and_demands_none() -> None:
    extras = read_extras(settings.IMAGE_SCHEMA_FILE)

    assert (len(extras.properties), extras.required) == (9, ())


@pytest.mark.parametrize(
    ("content", "extras"),
    [
        ({}, Extras({}, ())),
        ({"level": LEVEL}, Extras({"level": SHOWN}, ())),
        ({"properties": {"level": LEVEL}}, Extras({"level": SHOWN}, ())),
        (
            {"properties": {"level": LEVEL}, "required": ["level", "name"]},
            Extras({"level": SHOWN}, ("level", "name")),
        ),
    ],
)
def test_file_has_two_forms(written: Any, content: object, extras: Extras) -> None:
    assert read_extras(written(content)) == extras


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "1",
        {"level": "string"},
        {"level": {"type": "words"}},
        {"level": {"enum": []}},
        {"deleted": LEVEL},
        {"os_glance_x": LEVEL},
        {"properties": [LEVEL]},
        {"properties": {"level": LEVEL}, "required": "level"},
        {"properties": {"level": LEVEL}, "required": [1]},
        {"properties": {"level": LEVEL}, "level": LEVEL},
    ],
)
def test_file_that_declares_nothing_sensible_is_refused(written: Any, content: object) -> None:
    with pytest.raises(ImproperlyConfigured, match="VITRINE_IMAGE_SCHEMA_FILE"):
        read_extras(written(content))


def test_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="No such file"):
        read_extras("/nowhere/extras.json")


PROGRAM = """
import django; django.setup()
from images.api import fields, patch, schemas
for act in (
    lambda: fields.new_image_fields({"level": "gold"})["properties"],
    lambda: fields.new_image_fields({"level": "iron"}),
    lambda: fields.new_image_fields({"name": "x"}),
    lambda: fields.new_image_fields({"level": "gold", "kernel_id": "any text"})["properties"],
    lambda: patch.read_changes([{"op": "remove", "path": "/level"}], patch.V21),
    lambda: schemas.DOCUMENTS["image"]["required"],
    lambda: schemas.DOCUMENTS["images"]["properties"]["images"]["items"]["required"],
):
    try:
        print(act())
    except Exception as trouble:
        print(type(trouble).__name__, trouble)
"""


def started_with(path: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Return what the service says that was started with the operator's file at *path*."""
    return subprocess.run(
        [sys.executable, *command],
        env=os.environ
        | {"VITRINE_IMAGE_SCHEMA_FILE": path, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_operators_file_replaces_the_shipped_one(written: Any) -> None:
    path = written({"properties": {"level": LEVEL}, "required": ["level"]})

    said = started_with(path, "-c", PROGRAM)

    assert said.stdout.splitlines() == [
        "{'level': 'gold'}",
        "BadRequest Invalid value of 'level': 'iron' is not one of ['gold', 'silver']",
        "BadRequest 'level' is required.",
        "{'level': 'gold', 'kernel_id': 'any text'}",
        "BadRequest 'level' is required and may not be removed.",
        "['level']",
        "['level']",
    ], said.stderr


def test_service_does_not_start_with_a_file_that_declares_a_field(written: Any) -> None:
    said = started_with(written({"status": LEVEL}), "manage.py", "check")

    assert (
        said.returncode,
        said.stderr.strip().endswith("declares {'status'}, which are fields."),
    ) == (1, True)
