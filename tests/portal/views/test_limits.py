"""The operator's pages of limits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from images.models import Event
from portal.quotas.limits import Own, own_limits
from portal.quotas.sheet_reading import read_sheet
from quotas.history import today
from quotas.models import DailyUse, Limit, Resource, Usage
from tests.conftest import OTHER, PROJECT, THIRD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

GIB = 1 << 30
SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL
LAB = f"/operate/projects/{PROJECT}"
LIMITS = "/operate/limits"
IMPORT = f"{LIMITS}/import"
FIELDS = [name for one in Resource for name in (one.value, f"{one.value}_soft")]
EMPTY = dict.fromkeys(FIELDS, "")


def send(client: Client, text: str) -> Any:
    """Show what a file would change."""
    return client.post(IMPORT, {"file": SimpleUploadedFile("limits.csv", text.encode())})


def undo(client: Client, page: str) -> Any:
    """Press the button that undoes what was done just now."""
    offered = client.get(page).context["frame"].undo
    assert offered is not None
    return client.post(offered.action, dict(offered.fields))


def test_limits_are_set_by_words_and_shown_so(administrator: Client) -> None:
    wanted = {"image_size_total": "500 GiB", "image_size_total_soft": "400 G"}
    wanted |= {"image_count_total": "12", "image_count_uploading": "no limit"}

    answer = administrator.post(f"{LAB}/limits", EMPTY | wanted)

    assert answer["Location"] == LAB
    assert own_limits() == {
        (PROJECT, SIZE): Own(500 * GIB, 400 * GIB),
        (PROJECT, COUNT): Own(12),
        (PROJECT, Resource.IMAGE_COUNT_UPLOADING): Own(-1),
    }
    page = administrator.get(f"{LAB}/limits").text
    shown = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in FIELDS}
    assert {name: found[1] for name, found in shown.items() if found} == wanted | {
        "image_size_total_soft": "400 GiB"
    }


def test_an_empty_field_is_the_default_again(administrator: Client) -> None:
    Limit.objects.create(project=PROJECT, resource=SIZE, value=5)
    Limit.objects.create(project=OTHER, resource=SIZE, value=6)

    administrator.post(f"{LAB}/limits", EMPTY)

    assert own_limits() == {(OTHER, SIZE): Own(6)}
    assert Event.objects.get(kind="quota.limit.drop").project == PROJECT


def test_only_what_was_changed_is_an_event(administrator: Client) -> None:
    Limit.objects.create(project=PROJECT, resource=SIZE, value=GIB)

    administrator.post(f"{LAB}/limits", EMPTY | {"image_size_total": "1 GiB"})
    page = administrator.get(LAB)

    assert not Event.objects.filter(kind__startswith="quota.").exists()
    assert "Nothing was changed" in page.text


def test_a_change_is_undone(administrator: Client) -> None:
    before = own_limits()
    Limit.objects.create(project=PROJECT, resource=SIZE, value=GIB, soft=512)
    kept = own_limits()
    administrator.post(f"{LAB}/limits", EMPTY | {"image_count_total": "3"})
    changed = own_limits()

    undo(administrator, LAB)

    assert (before, own_limits()) == ({}, kept)
    assert changed == {(PROJECT, COUNT): Own(3)}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("image_size_total", "much", "Write an amount such as 500 GiB"),
        ("image_count_total", "1.5", "Write a whole number"),
        ("image_size_total_soft", "5 GiB", "A soft line of its own needs a limit of its own."),
        ("image_size_total", "9 EiB", "That is more than can be counted"),
    ],
)
def test_nonsense_sets_nothing_and_stays_typed(
    administrator: Client, field: str, text: str, said: str
) -> None:
    wanted = {"image_stage_total": "1 GiB", field: text}

    answer = administrator.post(f"{LAB}/limits", EMPTY | wanted)

    assert answer.status_code == 400
    assert said in answer.text
    assert f'value="{text}"' in answer.text
    assert not Limit.objects.exists()


def test_a_soft_line_above_the_limit_is_refused(administrator: Client) -> None:
    wanted = {"image_count_total": "5", "image_count_total_soft": "6"}

    answer = administrator.post(f"{LAB}/limits", EMPTY | wanted)

    assert answer.status_code == 400
    assert "no higher than the limit" in answer.text


def test_limits_of_a_project_that_is_not_there(administrator: Client) -> None:
    assert administrator.get("/operate/projects/none/limits").status_code == 404


def test_who_is_near_comes_first_with_a_forecast(administrator: Client) -> None:
    for project, used in ((PROJECT, 90), (OTHER, 95), (THIRD, 10)):
        Usage.objects.create(project=project, used=used)
        Limit.objects.create(project=project, resource=SIZE, value=100)
    DailyUse.objects.create(
        project=OTHER, day=today() - timedelta(days=5), used=90, reserved=0, images=0, uploads=0
    )

    near = administrator.get(LIMITS)
    everybody = administrator.get(LIMITS, {"all": "1"})

    assert [row.name for row in near.context["rows"]] == ["farm", "lab"]
    assert [row.name for row in everybody.context["rows"]] == ["farm", "lab", "shop"]
    assert near.context["rows"][0].gauges[0].outlook.startswith("Full on about")
    assert "cannot be told yet" in near.context["rows"][1].gauges[0].outlook
    assert f'href="/operate/projects/{OTHER}"' in near.text


def test_nobody_near_is_said(administrator: Client) -> None:
    assert "all have room" in administrator.get(LIMITS).text
    assert "No project uses anything" in administrator.get(LIMITS, {"all": "1"}).text


def test_what_belongs_to_nobody_is_told_without_a_link(administrator: Client) -> None:
    Usage.objects.create(project="", used=95)
    Limit.objects.create(project="", resource=SIZE, value=100)

    assert "images of nobody" in administrator.get(LIMITS).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    administrator: Client, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for project in (PROJECT, OTHER, THIRD)[:count]:
        Usage.objects.create(project=project, used=95)
        Limit.objects.create(project=project, resource=SIZE, value=100)

    with django_assert_num_queries(9):
        administrator.get(LIMITS)


def test_sheet_comes_as_a_file(administrator: Client) -> None:
    answer = administrator.get(f"{LIMITS}.csv")

    text = answer.getvalue().decode()
    assert answer["Content-Disposition"] == 'attachment; filename="limits.csv"'
    assert [line.split(",")[1] for line in text.splitlines()] == ["name", "farm", "lab", "shop"]


def test_sheet_is_shown_first_and_then_all_of_it_happens(administrator: Client) -> None:
    shown = send(administrator, "name,image_size_total\nlab,1 GiB\nfarm,2 GiB\n")
    nothing_yet = own_limits()
    mark = shown.context["sheet"].mark

    done = administrator.post(IMPORT, {"text": shown.context["text"], "mark": mark})

    assert "the default, no limit" in shown.text
    assert "Make these 2 changes" in shown.text
    assert nothing_yet == {}
    assert done["Location"] == LIMITS
    assert own_limits() == {(PROJECT, SIZE): Own(GIB), (OTHER, SIZE): Own(2 * GIB)}


def test_what_a_sheet_changed_is_undone(administrator: Client) -> None:
    Limit.objects.create(project=PROJECT, resource=SIZE, value=5, soft=4)
    Limit.objects.create(project=PROJECT, resource=COUNT, value=-1)
    kept = own_limits()
    text = "name,image_size_total,image_size_total.soft\nlab,,\nfarm,2 GiB,\n"
    administrator.post(IMPORT, {"text": text, "mark": read_sheet(text).mark})
    changed = own_limits()

    undo(administrator, LIMITS)

    assert changed == {(PROJECT, COUNT): Own(-1), (OTHER, SIZE): Own(2 * GIB)}
    assert own_limits() == kept


def test_what_is_otherwise_meanwhile_is_shown_again(administrator: Client) -> None:
    text = "name,image_size_total\nlab,1 GiB\n"
    mark = read_sheet(text).mark
    Limit.objects.create(project=PROJECT, resource=SIZE, value=5)

    answer = administrator.post(IMPORT, {"text": text, "mark": mark})

    assert "the limits changed meanwhile" in answer.text
    assert own_limits() == {(PROJECT, SIZE): Own(5)}


def test_one_wrong_line_keeps_all_from_happening(administrator: Client) -> None:
    text = "name,image_size_total\nlab,1 GiB\nnowhere,much\n"

    shown = send(administrator, text)
    forced = administrator.post(IMPORT, {"text": text, "mark": read_sheet(text).mark})

    assert (shown.status_code, forced.status_code) == (400, 400)
    assert "Line 3:" in shown.text
    assert "Make this change" not in shown.text
    assert own_limits() == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"name\n\xff\n", "The file is not text in UTF-8."),
        (b"x" * 900_001, "The file is too large for this page"),
    ],
)
def test_a_file_that_is_none_is_refused(administrator: Client, content: bytes, said: str) -> None:
    answer = administrator.post(IMPORT, {"file": SimpleUploadedFile("limits.csv", content)})

    assert answer.status_code == 400
    assert said in answer.text


def test_nothing_chosen_is_said(administrator: Client) -> None:
    assert "Choose a file that is not empty." in administrator.post(IMPORT).text


def test_the_admin_leads_there(administrator: Client) -> None:
    assert f'href="{LIMITS}"' in administrator.get("/admin/quotas/limit/").text
