"""Namespaces that the tests of the catalogue may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from images.actors import Actor
from images.metadefs.documents import read_namespace
from images.metadefs.lifecycle.namespaces import create_namespace
from images.metadefs.models import Namespace
from tests.conftest import PROJECT
from tests.images.api.conftest import (
    admin_door,
    closed_door,
    owner_door,
    reader_door,
    stranger_door,
)

__all__ = ["admin_door", "closed_door", "owner_door", "reader_door", "stranger_door"]

MakeNamespace = Callable[..., Namespace]


@pytest.fixture
def make_namespace(db: None, admin: Actor) -> MakeNamespace:
    """Return a maker of namespaces that PROJECT owns; fields and parts by keyword."""

    def make(name: str = "Own", **fields: Any) -> Namespace:
        document = {"namespace": name, "owner": PROJECT} | fields
        return create_namespace(read_namespace(document), actor=admin)

    return make
