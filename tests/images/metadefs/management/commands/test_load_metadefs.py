from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from images.metadefs.models import MetadefTag, Namespace
from images.models import Event
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import TITLE

pytestmark = pytest.mark.django_db

WATCHDOG: dict[str, Any] = {
    "namespace": "OS::Watchdog",
    "display_name": "Watchdog",
    "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "hw_"}],
    "properties": {"action": TITLE | {"enum": ["reset", "pause"], "default": 5}},
    "objects": [{"name": "o", "properties": {"q": TITLE}}],
    "tags": [{"name": "t"}],
}
HUGE = """
{"namespace": "n", "properties": {"p": {"title": "T", "type": "number", "minimum": 1e999}}}
"""
PLACE = "glance-33.0.0.data/data/etc/glance/metadefs"


def write(folder: Path, *documents: Any) -> Path:
    """Write each of *documents* into a JSON file of its own; a text is written as it is."""
    for number, document in enumerate(documents):
        text = document if isinstance(document, str) else json.dumps(document)
        (folder / f"{number}.json").write_text(text)
    return folder


def load(*arguments: object) -> list[str]:
    """Run the command and return the lines that it prints."""
    out = StringIO()
    call_command("load_metadefs", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def test_folder_is_loaded_whole_for_everybody(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("no JSON")
    write(tmp_path, WATCHDOG, {"namespace": "Small", "visibility": "private", "protected": False})

    said = load(tmp_path)

    rows = Namespace.objects.order_by("id").values_list(
        "namespace", "visibility", "protected", "owner"
    )
    assert said == ["OS::Watchdog: loaded", "Small: loaded", "2 loaded, 0 skipped, 0 overwritten"]
    assert [*rows] == [
        ("OS::Watchdog", "public", True, "admin"),
        ("Small", "private", False, "admin"),
    ]
    watchdog = Namespace.objects.get(namespace="OS::Watchdog")
    assert watchdog.prefix_for("OS::Glance::Image") == "hw_"
    assert watchdog.metadef_properties.get().definition["default"] == "5"


def test_second_time_changes_nothing(tmp_path: Path) -> None:
    load(write(tmp_path, WATCHDOG))
    before, events = Namespace.objects.values().get(), Event.objects.count()

    said = load(tmp_path)

    assert said == ["OS::Watchdog: skipped, it is there", "0 loaded, 1 skipped, 0 overwritten"]
    assert (Namespace.objects.values().get(), Event.objects.count()) == (before, events)


def test_overwrite_replaces_all_that_lies_in_it(
    tmp_path: Path, make_namespace: MakeNamespace
) -> None:
    old = make_namespace("OS::Watchdog", protected=True, tags=[{"name": "old"}])

    said = load(write(tmp_path, WATCHDOG), "--overwrite")

    old.refresh_from_db()
    assert said == ["OS::Watchdog: overwritten", "0 loaded, 0 skipped, 1 overwritten"]
    assert (old.display_name, old.visibility, old.owner) == ("Watchdog", "public", "admin")
    assert [tag.name for tag in MetadefTag.objects.all()] == ["t"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("{", "it is not valid JSON: "),
        ("[" * 100_000, "it is not valid JSON: "),
        ("[]", "The document must be a JSON object."),
        ({}, "'namespace' is a required property"),
        ({"namespace": "n" * 81}, "Invalid value of 'namespace': "),
        ({"namespace": "n\0"}, "Text must not contain nul or lone surrogate characters."),
        ({"namespace": "n\ud800"}, "Text must not contain nul or lone surrogate characters."),
        (HUGE, "A number is too large."),
        (WATCHDOG | {"tags": [{"name": "t"}, {"name": "t"}]}, "The name t is taken."),
        (WATCHDOG | {"unknown": 1}, "Additional properties are not allowed ('unknown' was"),
    ],
)  # fmt: skip
def test_broken_file_is_named_and_the_others_are_loaded(
    tmp_path: Path, broken: Any, reason: str
) -> None:
    write(tmp_path, {"namespace": "first"}, broken, {"namespace": "last"})

    with pytest.raises(CommandError) as refusal:
        load(tmp_path)

    assert str(refusal.value).startswith(f"Not loaded:\n1.json: {reason}")
    names = Namespace.objects.order_by("id").values_list("namespace", flat=True)
    assert [*names] == ["first", "last"]
    assert MetadefTag.objects.count() == 0


def test_one_file_is_loaded(tmp_path: Path) -> None:
    write(tmp_path, {"namespace": "first"}, {"namespace": "second"})

    assert load(tmp_path / "1.json")[0] == "second: loaded"


def test_wheel_is_loaded(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "glance-33.0.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{PLACE}/watchdog.json", json.dumps(WATCHDOG))
        wheel.writestr(f"{PLACE}/README", "no JSON")
        wheel.writestr("glance/other.json", "{")

    assert load(tmp_path / "glance-33.0.0-py3-none-any.whl")[0] == "OS::Watchdog: loaded"


def test_installed_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, place = tmp_path / "lib", tmp_path / "etc/glance/metadefs"
    (site / "glance-33.0.0.dist-info").mkdir(parents=True)
    (site / "glance-33.0.0.dist-info/METADATA").write_text("Name: glance\nVersion: 33.0.0\n")
    place.mkdir(parents=True)
    write(place, WATCHDOG)
    (site / "glance-33.0.0.dist-info/RECORD").write_text(
        "../etc/glance/metadefs/0.json,,\nglance/other.json,,\n"
    )
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])

    assert load() == ["OS::Watchdog: loaded", "1 loaded, 0 skipped, 0 overwritten"]


def test_no_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "no.whl").write_text("no wheel")

    for arguments, reason in (
        ([], "No package glance with such files is installed: name a folder or a wheel."),
        ([tmp_path], f"There is no JSON file in {tmp_path}."),
        ([tmp_path / "none"], f"{tmp_path}/none cannot be read: "),
        ([tmp_path / "no.whl"], f"{tmp_path}/no.whl cannot be read: "),
    ):
        with pytest.raises(CommandError) as refusal:
            load(*arguments)
        assert str(refusal.value).startswith(reason)
