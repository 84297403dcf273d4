from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.identity.actors import OPERATOR
from portal.identity.people import create_project, create_user
from quotas.account import Origin
from quotas.limits import UNLIMITED, Line, limit_of, line_of
from quotas.models import Limit, Part, Resource
from quotas.parts import set_part_limit

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
    "limit",
    [
        *("images=1", "image_count_total", "image_count_total=x", "image_count_total=-2"),
        *("image_count_total.soft=1", "image_size_total.soft=2", "image_size_total.soft=-1"),
        *("image_count_total=\u0665", "image_count_total=1_0", "image_size_total=2"),
        *("store:nowhere=1", "store:=1", "store:memory=-2", "user:nobody=1", "user:nobody=drop"),
    ],
)
def test_nonsense_sets_nothing_and_says_nothing_else(limit: str) -> None:
    create_project("demo", actor=OPERATOR)
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("set_limit", "demo", "image_size_total=1", limit, stdout=out)

    assert out.getvalue() == ""
    assert not Limit.objects.exists()
    assert not Part.objects.exists()


def test_unknown_project_is_named() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("set_limit", "nowhere", "image_count_total=1")


def said(*arguments: str) -> list[str]:
    """Return what the command says."""
    out = StringIO()
    call_command("set_limit", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_soft_line_is_set_with_its_limit_or_after_it() -> None:
    project = create_project("demo", actor=OPERATOR)

    first = said("demo", "image_size_total=1000", "image_size_total.soft=900")
    second = said("demo", "image_size_total.soft=500")

    assert first == ["demo: image_size_total=1000, warned above 900"]
    assert second == ["demo: image_size_total=1000, warned above 500"]
    assert line_of(project.pk, Resource.IMAGE_SIZE_TOTAL) == Line(1000, 500)


def test_soft_line_that_is_dropped_is_the_usual_one() -> None:
    create_project("demo", actor=OPERATOR)
    said("demo", "image_count_total=10", "image_count_total.soft=1")

    assert said("demo", "image_count_total.soft=drop") == [
        "demo: image_count_total=10, warned above 8"
    ]


def test_limit_that_is_dropped_is_the_default_again() -> None:
    project = create_project("demo", actor=OPERATOR)
    said("demo", "image_count_uploading=2", "image_stage_total=5")

    assert said("demo", "image_count_uploading=drop") == ["demo: image_count_uploading=-1"]
    assert limit_of(project.pk, Resource.IMAGE_COUNT_UPLOADING) == UNLIMITED
    assert limit_of(project.pk, Resource.IMAGE_STAGE_TOTAL) == 5


def test_parts_are_limited_by_name_and_let_go() -> None:
    project = create_project("demo", actor=OPERATOR)
    ann = create_user("ann", actor=OPERATOR)

    assert said("demo", "store:memory=5", "user:ann=7") == [
        "demo: store:memory=5",
        "demo: user:ann=7",
    ]
    parts = Part.objects.order_by("value").values_list("project", "store", "user", "value")
    assert [*parts] == [(project.pk, "memory", "", 5), (project.pk, "", ann.public_id, 7)]
    dropped = said("demo", "store:memory=drop", "user:ann=drop")

    assert dropped == ["demo: store:memory=drop", "demo: user:ann=drop"]
    assert not Part.objects.exists()


def test_part_of_what_is_gone_can_be_dropped() -> None:
    project = create_project("demo", actor=OPERATOR)
    set_part_limit(project.pk, Origin(store="old"), 1)
    set_part_limit(project.pk, Origin(user="f" * 32), 1)

    said("demo", "store:old=drop", f"user:{'f' * 32}=drop")

    assert not Part.objects.exists()
