from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.actors import Actor
from portal.identity.actors import OPERATOR
from portal.identity.errors import NotPermitted
from portal.identity.people import create_project, create_user
from portal.quotas.limits import Own, change_limits, own_limits
from portal.quotas.sheet_reading import read_sheet
from portal.quotas.sheets import COLUMNS, whole_sheet
from quotas.models import Limit, Part, Resource
from quotas.parts import origin_of, set_part_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.identity.models import Project, User

pytestmark = pytest.mark.django_db

GIB = 1 << 30
SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL
HEAD = "project,name,image_size_total,image_size_total.soft,image_count_total"
PARTS = "name,image_size_total,part"


@pytest.fixture
def lab() -> Project:
    """Return a project with a limit of its own."""
    made = create_project("lab", actor=OPERATOR)
    Limit.objects.create(project=made.pk, resource=SIZE, value=500 * GIB, soft=400 * GIB)
    return made


@pytest.fixture
def farm() -> Project:
    return create_project("farm", actor=OPERATOR)


@pytest.fixture
def ann() -> User:
    return create_user("ann", actor=OPERATOR)


def lines(*rows: str, head: str = HEAD) -> str:
    """Return a file."""
    return "\r\n".join([head, *rows, ""])


def faults(text: str) -> list[tuple[int, str]]:
    """Return what is wrong with a file that changes nothing."""
    sheet = read_sheet(text)
    return [(fault.line, fault.text) for fault in sheet.faults]


def test_what_was_written_changes_nothing(lab: Project, farm: Project) -> None:
    Limit.objects.create(project=farm.pk, resource=COUNT, value=-1)
    Limit.objects.create(project="never seen", resource=COUNT, value=7)
    text = "".join(whole_sheet())

    sheet = read_sheet(text)

    empty = "," * (len(COLUMNS) - 6)
    assert text.splitlines() == [
        ",".join(COLUMNS),
        f"{farm.pk},farm,,,no limit,{empty}",
        f"{lab.pk},lab,500 GiB,400 GiB,,{empty}",
        f"never seen,,,,7,{empty}",
    ]
    assert (sheet.changes, sheet.faults) == ([], [])


def test_all_that_is_said_is_changed_and_nothing_else(lab: Project, farm: Project) -> None:
    sheet = read_sheet(lines(f"{lab.pk},,1 TiB,,5", ",FARM,,,no limit"))
    change_limits(sheet.changes, actor=OPERATOR)

    assert own_limits() == {
        (lab.pk, SIZE): Own(1024 * GIB),
        (lab.pk, COUNT): Own(5),
        (farm.pk, COUNT): Own(-1),
    }
    assert [(one.line, one.name) for one in sheet.changes] == [(2, "lab"), (2, "lab"), (3, "farm")]


def test_an_empty_cell_is_the_default_and_a_column_that_is_not_there_stays(lab: Project) -> None:
    only_size = read_sheet(lines("lab,", head="name,image_size_total"))
    only_count = read_sheet(lines("lab,9", head="name,image_count_total"))
    only_soft = read_sheet(lines("lab,", head="name,image_size_total.soft"))

    assert [(one.resource, one.after) for one in only_size.changes] == [(SIZE, None)]
    assert [(one.resource, one.after) for one in only_count.changes] == [(COUNT, Own(9))]
    assert [(one.resource, one.after) for one in only_soft.changes] == [(SIZE, Own(500 * GIB))]


def test_every_error_is_told_by_its_line(lab: Project, farm: Project) -> None:
    text = lines(
        "0,,1 GiB,,",
        ",nowhere,,,",
        f"{lab.pk},,much,,many",
        f"{lab.pk},,,,",
        ",farm,1 GiB,2 GiB,3",
        ",farm,1 GiB",
        "",
        ",,,,1",
    )

    assert [line for line, _text in faults(text)] == [2, 3, 4, 4, 5, 6, 7, 9]
    assert faults(text)[4][1] == "The project is on line 4 already."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is no column “”"),
        ("name,size\nlab,1", "There is no column “size”"),
        ("image_size_total\n1", "There must be a column “project”"),
        ("name,name\nlab,lab", "A column is there twice."),
        ('name\n"lab', "This is no CSV file"),
    ],
)
def test_a_file_that_is_no_sheet_says_so(lab: Project, text: str, told: str) -> None:
    [(line, said)] = faults(text)

    assert line == 1
    assert said.startswith(told)


@pytest.mark.parametrize("before", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_spreadsheets_write_it_otherwise(lab: Project, before: str, end: str) -> None:
    text = before + end.join(
        ["Name;Image_Size_Total;image_size_total.soft", " lab ; 500 gib ;", ""]
    )

    sheet = read_sheet(text)

    assert sheet.faults == []
    assert [one.after for one in sheet.changes] == [Own(500 * GIB)]


def test_a_name_that_a_spreadsheet_would_reckon_with_is_found_again() -> None:
    made = create_project("=1+1", actor=OPERATOR)
    text = "".join(whole_sheet())

    sheet = read_sheet(lines("'=1+1,3", head="name,image_count_total"))

    assert f"{made.pk},'=1+1," in text
    assert [one.project for one in sheet.changes] == [made.pk]


def test_the_mark_tells_another_beginning(lab: Project) -> None:
    text = lines("lab,1 TiB", head="name,image_size_total")
    shown = read_sheet(text).mark

    Limit.objects.update(value=600 * GIB)

    assert read_sheet(text).mark != shown


def test_more_than_may_be_changed_at_once_are_wrong(lab: Project, farm: Project) -> None:
    text = lines("lab,1", "farm,1", head="name,image_count_total")

    assert read_sheet(text, most=2).faults == []
    assert [fault.line for fault in read_sheet(text, most=1).faults] == [1]


def test_limits_are_the_administrators_to_set(lab: Project) -> None:
    sheet = read_sheet(lines("lab,1 TiB", head="name,image_size_total"))
    manager = Actor(user="m", project=lab.pk, roles=frozenset({"manager", "member", "reader"}))

    with pytest.raises(NotPermitted):
        change_limits(sheet.changes, actor=manager)

    assert Limit.objects.get().value == 500 * GIB


def test_parts_are_written_below_their_project_and_change_nothing(
    lab: Project, farm: Project, ann: User
) -> None:
    for part, value in {f"user:{ann.public_id}": -1, "store:memory": GIB, "store:gone": 3}.items():
        set_part_limit(lab.pk, origin_of(part), value)
    text = "".join(whole_sheet())

    sheet = read_sheet(text)

    ends = [[line.split(",")[index] for index in (1, 2, -1)] for line in text.splitlines()[1:]]
    assert ends == [
        ["farm", "", ""],
        ["lab", "500 GiB", ""],
        ["lab", "no limit", f"user:{ann.public_id}"],
        ["lab", "3 B", "store:gone"],
        ["lab", "1 GiB", "store:memory"],
    ]
    assert (sheet.changes, sheet.faults) == ([], [])


def test_parts_are_set_changed_and_dropped(lab: Project, ann: User) -> None:
    set_part_limit(lab.pk, origin_of("store:memory"), 5)
    set_part_limit(lab.pk, origin_of("store:gone"), 6)
    rows = [f"lab,1 TiB,user:{ann.public_id}", "lab,7, store:memory ", "lab,,store:gone"]

    sheet = read_sheet(lines(*rows, head=PARTS))
    change_limits(sheet.changes, actor=OPERATOR)

    told = [(one.line, one.whose, one.was, one.becomes) for one in sheet.changes]
    assert told == [
        (2, "ann", "none of its own", "1 TiB"),
        (3, "", "5 B", "7 B"),
        (4, "", "6 B", "none of its own"),
    ]
    parts = Part.objects.order_by("store").values_list("project", "store", "user", "value")
    assert [*parts] == [(lab.pk, "", ann.public_id, 1024 * GIB), (lab.pk, "memory", "", 7)]
    assert Limit.objects.get().value == 500 * GIB


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("lab,1,store:none,", "There is no store “none”; there are: "),
        ("lab,1,user:nobody,", "There is no user with the ID nobody."),
        ("lab,1,memory,", "A part is store: with a store’s name"),
        ("lab,1,store:,", "A part is store: with a store’s name"),
        ("lab,much,store:memory,", "store:memory: Write an amount such as"),
        ("lab,1,store:memory,5", "A store or a user has a limit of image_size_total alone"),
    ],
)
def test_a_part_that_is_wrong_is_told_by_its_line(lab: Project, row: str, told: str) -> None:
    [(line, said)] = faults(lines("lab,500 GiB,,", row, head=f"{PARTS},image_count_total"))

    assert line == 3
    assert said.startswith(told)


def test_a_part_has_one_line_in_a_project(lab: Project, farm: Project) -> None:
    rows = ["lab,1,store:memory", "farm,1,store:memory", "lab,2,store:memory"]

    told = "store:memory of the project is on line 2 already."
    assert faults(lines(*rows, head=PARTS)) == [(4, told)]


@pytest.mark.parametrize("count", [1, 3])
def test_parts_take_a_constant_number_of_queries(
    lab: Project, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    ids = [create_user(f"user{one}", actor=OPERATOR).public_id for one in range(count)]
    text = lines(*(f"lab,1,user:{one}" for one in ids), head=PARTS)

    with django_assert_num_queries(4):
        assert len(read_sheet(text).changes) == count
