from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from quotas.limits import UNLIMITED, Line, limit_of, line_of, set_limit
from quotas.models import Limit, Resource, Usage

pytestmark = pytest.mark.django_db


def test_project_has_the_default_until_it_has_its_own(settings: Any) -> None:
    settings.QUOTA_DEFAULTS = {"image_size_total": 5, "image_count_total": UNLIMITED}

    assert limit_of("p", Resource.IMAGE_SIZE_TOTAL) == 5
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, 7)
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, 9)

    assert limit_of("p", Resource.IMAGE_SIZE_TOTAL) == 9
    assert limit_of("q", Resource.IMAGE_SIZE_TOTAL) == 5
    assert limit_of("p", Resource.IMAGE_COUNT_TOTAL) == -1


def test_own_limit_may_be_none_against_a_default(settings: Any) -> None:
    settings.QUOTA_DEFAULTS = {"image_size_total": 5, "image_count_total": 5}
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, UNLIMITED)

    assert limit_of("p", Resource.IMAGE_SIZE_TOTAL) == UNLIMITED


@pytest.mark.parametrize(
    ("hard", "soft"),
    [(UNLIMITED, UNLIMITED), (0, 0), (3, 2), (10, 8), (2**63 - 1, 7378697629483820645)],
)
def test_line_lies_at_the_usual_percentage(hard: int, soft: int) -> None:
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, hard)

    assert line_of("p", Resource.IMAGE_SIZE_TOTAL) == Line(hard, soft)


def test_line_of_a_project_is_its_own(settings: Any) -> None:
    settings.QUOTA_SOFT_PERCENT = 50
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, 10)
    Limit.objects.update(soft=3)

    assert line_of("p", Resource.IMAGE_SIZE_TOTAL) == Line(10, 3)
    assert line_of("q", Resource.IMAGE_SIZE_TOTAL) == Line(UNLIMITED, UNLIMITED)


@pytest.mark.parametrize("soft", [-1, 11])
def test_line_beyond_the_limit_is_refused(soft: int) -> None:
    set_limit("p", Resource.IMAGE_SIZE_TOTAL, 10)

    with pytest.raises(IntegrityError, match="limit_soft_within"):
        Limit.objects.update(soft=soft)


@pytest.mark.parametrize("value", [-2, -(2**40)])
def test_limit_below_none_is_refused(value: int) -> None:
    with pytest.raises(IntegrityError, match="limit_or_none"):
        set_limit("p", Resource.IMAGE_SIZE_TOTAL, value)


def test_things_are_called_by_what_they_hold() -> None:
    limit = Limit(project="p", resource=Resource.IMAGE_SIZE_TOTAL, value=5)

    assert str(limit) == "p: image_size_total 5"
    assert str(Usage(project="p")) == "p"
