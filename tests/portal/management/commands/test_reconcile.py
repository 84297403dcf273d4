from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from quotas.models import Usage
from stores.registry import get_store
from tests.conftest import PROJECT, MakeImage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_store")]


def reconcile(*arguments: str) -> tuple[int, list[str]]:
    """Return how the command ends, and its lines."""
    out, code = StringIO(), 0
    try:
        call_command("reconcile", *arguments, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue().splitlines()


def test_equal_is_said_in_one_word(make_active: MakeImage) -> None:
    make_active()

    assert reconcile() == (0, ["equal"])
    assert reconcile("--json") == (0, ["{}"])


def test_each_difference_is_a_line_and_the_end_is_an_error(make_active: MakeImage) -> None:
    image = make_active(b"0123456789")
    get_store().delete(str(image.pk))
    Usage.objects.update(used=3)

    assert reconcile() == (
        1,
        [
            f"project {PROJECT}: used is 3 in the ledger and 10 by the rows",
            f"store empty: {image.pk} is gone",
        ],
    )


def test_stores_may_be_left_out(make_active: MakeImage) -> None:
    get_store().delete(str(make_active().pk))

    assert reconcile("--ledger-only") == (0, ["equal"])


def test_machines_get_an_object_a_line(make_active: MakeImage) -> None:
    make_active(b"0123456789")
    Usage.objects.update(used=3)

    code, lines = reconcile("--json", "--ledger-only")

    assert (code, [json.loads(line) for line in lines]) == (
        1,
        [{"project": PROJECT, "number": "used", "ledger": 3, "rows": 10}],
    )
