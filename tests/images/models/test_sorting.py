from __future__ import annotations

from images.models import Image
from images.models.sorting import list_indexes


def test_every_order_of_every_reason_has_an_index() -> None:
    names = {index.name for index in list_indexes()}

    assert len(names) == len(list_indexes()) == 23
    assert names <= {index.name for index in Image._meta.indexes}
