from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from portal.identity.actors import OPERATOR
from portal.identity.people import create_project
from quotas.limits import limit_of
from quotas.models import Limit, Resource

pytestmark = pytest.mark.django_db


def test_limits_are_set_by_the_project_name() -> None:
    project = create_project("demo", actor=OPERATOR)

    call_command("set_limit", "demo", "image_size_total=1000", "image_count_total=-1")

    assert limit_of(project.pk, Resource.IMAGE_SIZE_TOTAL) == 1000
    assert limit_of(project.pk, Resource.IMAGE_COUNT_TOTAL) == -1


def test_limit_is_set_again() -> None:
    project = create_project("demo", actor=OPERATOR)
    call_command("set_limit", "demo", "image_count_total=5")

    call_command("set_limit", project.pk, "image_count_total=7")

    assert limit_of(project.pk, Resource.IMAGE_COUNT_TOTAL) == 7


@pytest.mark.parametrize(
    "limit", ["images=1", "image_count_total", "image_count_total=x", "image_count_total=-2"]
)
def test_nonsense_sets_nothing(limit: str) -> None:
    create_project("demo", actor=OPERATOR)

    with pytest.raises(CommandError):
        call_command("set_limit", "demo", "image_size_total=1", limit)

    assert not Limit.objects.exists()


def test_unknown_project_is_named() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("set_limit", "nowhere", "image_count_total=1")
