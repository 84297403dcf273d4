"""Files of namespaces: where they lie, and the documents in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from images.api.body import check_text
from images.api.errors import ApiError
from images.errors import BadValue
from images.metadefs.documents import Document, read_namespace
from images.metadefs.errors import NoFiles

PACKAGE = "glance"
FOLDER = "metadefs"


def find_files(path: Path | None) -> list[tuple[str, bytes]]:
    """Return names and contents of the JSON files at *path*, in the order of their names.

    *path* is a folder, one file, or a wheel that has a folder `metadefs`; without it, the files
    that an installed package `glance` brings. Raises `NoFiles`.
    """
    try:
        found = sorted(_installed() if path is None else _files_at(path))
    except (OSError, BadZipFile) as trouble:
        raise NoFiles(f"{path} cannot be read: {trouble}") from trouble
    if found:
        return found
    if path is None:
        raise NoFiles(
            f"No package {PACKAGE} with such files is installed: name a folder or a wheel."
        )
    raise NoFiles(f"There is no JSON file in {path}.")


def _files_at(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".whl":
        with ZipFile(path) as wheel:
            for name in map(Path, wheel.namelist()):
                if name.suffix == ".json" and name.parent.name == FOLDER:
                    yield name.name, wheel.read(name.as_posix())
    elif path.is_dir():
        yield from ((file.name, file.read_bytes()) for file in path.glob("*.json"))
    else:
        yield path.name, path.read_bytes()


def _installed() -> Iterator[tuple[str, bytes]]:
    try:
        installed = files(PACKAGE) or []
    except PackageNotFoundError:
        return
    for name in installed:
        if name.suffix == ".json" and name.parent.name == FOLDER:
            yield name.name, Path(str(name.locate())).read_bytes()


def read_file(content: bytes) -> Document:
    """Return the namespace that *content* describes. Raises `BadValue` for a broken file."""
    try:
        value = json.loads(content)
        check_text(value)
    except (ValueError, RecursionError) as trouble:
        raise BadValue(f"it is not valid JSON: {trouble}") from trouble
    except ApiError as trouble:
        raise BadValue(str(trouble)) from trouble
    return read_namespace(value)
