"""Bytes on the bill whose upload begins and ends in one act."""

from __future__ import annotations

import pytest

from images.errors import OverQuota
from quotas import ledger
from quotas.account import Lot, Origin
from quotas.limits import set_limit
from quotas.models import Part, Resource, Usage
from quotas.parts import set_part_limit

pytestmark = pytest.mark.django_db

P = "p"


def test_bytes_that_come_at_once_need_room_and_a_turn() -> None:
    set_limit(P, Resource.IMAGE_SIZE_TOTAL, 10)
    set_limit(P, Resource.IMAGE_COUNT_UPLOADING, 1)
    ledger.land(P, Lot(9))

    with pytest.raises(OverQuota, match="2 B needed, 1 B left"):
        ledger.land(P, Lot(2))
    ledger.reserve(P, Lot(1), is_declared=True)
    with pytest.raises(OverQuota, match="image_count_uploading=1"):
        ledger.land(P, Lot(0))

    usage = Usage.objects.get(project=P)
    assert (usage.used, usage.reserved, usage.uploads) == (9, 1, 1)


def test_bytes_that_come_at_once_keep_to_the_limits_of_parts_and_pass_soft_lines() -> None:
    set_part_limit(P, Origin(store="s"), 10)
    set_limit(P, Resource.IMAGE_SIZE_TOTAL, 12)

    ledger.land(P, Lot(10, Origin("s", "u")))

    assert Part.objects.get(project=P).used == 10
    assert Usage.objects.get(project=P).warned_size
    with pytest.raises(OverQuota):
        ledger.land(P, Lot(1, Origin("s", "u")))
