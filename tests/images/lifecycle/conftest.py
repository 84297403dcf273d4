from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from images.actors import Actor
from images.lifecycle.pieces import Piece, take_piece
from images.models import Upload
from tests.images.lifecycle.uploading import Send


@pytest.fixture
def send(owner: Actor) -> Send:
    """Return who sends a piece at the offset where the upload stands, or at another."""

    def piece(upload: Upload, *chunks: bytes, offset: int | None = None, **said: Any) -> Upload:
        at = Upload.objects.get(pk=upload.pk).offset if offset is None else offset
        return take_piece(upload, Piece(at, **said), chunks, actor=owner)

    return piece


@pytest.fixture
def linking_store(settings: Any, tmp_path: Path) -> None:
    """Let there be one store, of files, in which an object can have two keys."""
    options = {"path": str(tmp_path / "images")}
    backend = "stores.backends.filesystem.FilesystemStore"
    settings.IMAGE_STORES = {"file": {"BACKEND": backend, "OPTIONS": options}}
    settings.DEFAULT_STORE = "file"
