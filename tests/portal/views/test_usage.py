"""What the pages of a project and of an upload say about limits and use."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from images.lifecycle.images import create_image
from images.lifecycle.trash import trash_image
from images.models import ImageUserPermission
from portal.identity.models import User
from quotas.history import today
from quotas.models import DailyUse, Limit, Part, Resource, Usage
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor
    from images.models import Image

pytestmark = pytest.mark.django_db

GIB = 1 << 30
SIZE, COUNT = Resource.IMAGE_SIZE_TOTAL, Resource.IMAGE_COUNT_TOTAL


def words(page: Any) -> str:
    """Return the text of *page*, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def use(**numbers: int) -> None:
    """Let the project's row of the ledger hold *numbers*."""
    Usage.objects.update_or_create(project=PROJECT, defaults=numbers)


def limit(resource: Resource, value: int, soft: int | None = None) -> None:
    """Give the project a limit."""
    Limit.objects.create(project=PROJECT, resource=resource, value=value, soft=soft)


def keep(days_ago: int, used: int) -> None:
    """Keep a point of a day that is over."""
    day = today() - timedelta(days=days_ago)
    DailyUse.objects.create(project=PROJECT, day=day, used=used, reserved=0, images=1, uploads=0)


def test_bars_say_their_numbers(at_lab: Client) -> None:
    use(used=10 * GIB, reserved=2 * GIB, images=3, uploads=1)
    limit(SIZE, 20 * GIB, 15 * GIB)
    limit(COUNT, 3)

    page = at_lab.get("/project")

    said = words(page)
    assert "Bytes 12.0 GiB of 20.0 GiB · 8.0 GiB left Soft line: 15.0 GiB 2.0 GiB of it are" in said
    assert "Images 3 of 3 · full The soft line at 2 is passed." in said
    assert "Uploads under way 1 · no limit" in said
    assert '<rect class="used" width="500" height="24">' in page.text
    assert '<rect class="held" x="500" width="100" height="24">' in page.text
    assert '<path class="soft" d="M 750,0 v 24">' in page.text


def test_forecast_is_told_by_a_day(at_lab: Client) -> None:
    use(used=10 * GIB)
    limit(SIZE, 20 * GIB)
    keep(10, 5 * GIB)

    page = at_lab.get("/project")

    day = page.context["usage"].bytes.outlook
    assert day.startswith("Full on about ")
    assert day.endswith(", at the last 14 days’ pace.")
    assert day in words(page)


def test_the_table_tells_the_points_of_the_plot(at_lab: Client) -> None:
    use(used=2048)
    keep(1, 1024)

    page = at_lab.get("/project")

    rows = re.findall(r'<time datetime="([\d-]+)">.*?(?=</tr>)', page.text, re.DOTALL)
    days = [(today() - timedelta(days=ago)).isoformat() for ago in (0, 1)]
    assert rows == days
    assert "M 880,128 890,16" in page.text
    assert "1.0 KiB on" in words(page)


def test_an_empty_project_is_told_what_counts(at_lab: Client) -> None:
    page = at_lab.get("/project")

    assert re.search(r"<details[^>]* open>\s*<summary>What counts", page.text)
    assert "Biggest images" not in page.text
    assert "Bytes 0 B · no limit" in words(page)


def test_what_the_bytes_are_is_told(
    at_lab: Client, make_active: Callable[..., Image], make_image: Callable[..., Image]
) -> None:
    big = make_active(b"x" * 2048, name="big")
    make_active(b"x" * 1024, name="small", os_hidden=True)
    make_image(name="empty")

    page = at_lab.get("/project")

    breakdown = page.context["breakdown"]
    found = [(one.image.name, one.counted) for one in breakdown.biggest]
    assert found == [("big", 2048), ("small", 1024)]
    assert [(part.name, part.copies, part.size) for part in breakdown.formats] == [("raw", 2, 3072)]
    assert [(part.copies, part.size) for part in breakdown.stores] == [(2, 3072)]
    assert f'href="/images/{big.pk}"' in page.text


def test_ten_of_many_are_the_biggest(at_lab: Client, make_active: Callable[..., Image]) -> None:
    for number in range(12):
        make_active(b"x" * (number + 1), name=f"of {number + 1}", os_hidden=number % 2 == 0)

    biggest = at_lab.get("/project").context["breakdown"].biggest

    assert [one.image.size for one in biggest] == list(range(12, 2, -1))


def test_limits_of_stores_and_people_are_told_by_name(at_lab: Client) -> None:
    user = User.objects.get(username="member of lab")
    Part.objects.create(project=PROJECT, user=user.public_id, value=2 * GIB, used=GIB)
    Part.objects.create(project=PROJECT, store="memory", value=GIB, used=GIB)

    said = words(at_lab.get("/project"))

    assert "memory 1.0 GiB of 1.0 GiB · full" in said
    assert "member of lab 1.0 GiB of 2.0 GiB · 1.0 GiB left" in said


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_constant_number_of_queries(
    at_lab: Client,
    make_active: Callable[..., Image],
    count: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for number in range(count):
        make_active(b"x" * (number + 1))
        keep(number + 1, number)
    at_lab.get("/project")

    with django_assert_num_queries(22):
        at_lab.get("/project")


def test_the_operator_sees_the_same(administrator: Client) -> None:
    use(used=GIB)
    limit(SIZE, 2 * GIB)

    said = words(administrator.get(f"/operate/projects/{PROJECT}"))

    assert "Bytes 1.0 GiB of 2.0 GiB · 1.0 GiB left Soft line: 1.6 GiB" in said


@pytest.mark.parametrize(("used", "is_told"), [(16 * GIB, False), (17 * GIB, True)])
@pytest.mark.parametrize("path", ["/project", "/images/new"])
def test_who_is_above_the_soft_line_is_told(
    at_lab: Client, path: str, used: int, *, is_told: bool
) -> None:
    use(used=used)
    limit(SIZE, 20 * GIB)

    page = at_lab.get(path)

    assert ("This project is near its limits." in page.text) == is_told


def test_the_upload_page_says_what_is_left_before_a_file_is_chosen(at_lab: Client) -> None:
    use(used=10 * GIB, images=1)
    limit(SIZE, 20 * GIB)
    limit(COUNT, 5)

    page = at_lab.get("/images/new")

    said = words(page)
    assert "Bytes: 10.0 GiB of 20.0 GiB · 10.0 GiB left" in said
    assert "Images: 1 of 5 · 4 left" in said
    assert f'data-room="{10 * GIB}"' in page.text


def test_the_page_of_the_data_says_it_too_but_not_of_another_project(
    at_lab: Client, at_shop: Client, make_image: Callable[..., Image]
) -> None:
    limit(SIZE, 20 * GIB)
    image = make_image()
    for right in ("view", "change"):
        somebody = User.objects.get(username="member of shop")
        ImageUserPermission.objects.assign_perm(f"{right}_image", somebody, image)

    own = at_lab.get(f"/images/{image.pk}/upload").text
    theirs = at_shop.get(f"/images/{image.pk}/upload").text

    assert f'data-room="{20 * GIB}"' in own
    assert 'data-room=""' in theirs
    assert "20.0" not in theirs


def test_a_record_too_many_is_refused_with_the_numbers(at_lab: Client, owner: Actor) -> None:
    create_image({"name": "first"}, actor=owner)
    limit(COUNT, 1)
    record = {
        "name": "second",
        "disk_format": "raw",
        "container_format": "bare",
        "store": "memory",
        "visibility": "private",
        "min_disk": 0,
        "min_ram": 0,
    }

    answer = at_lab.post("/images/new", record)

    assert answer.status_code == 413
    assert "1 needed, 0 left." in words(answer)


@pytest.fixture
def in_trash(make_active: Callable[..., Image], owner: Actor) -> None:
    """Let three images of ten bytes lie in the trash."""
    for _ in range(3):
        trash_image(make_active(b"0123456789"), actor=owner)


def test_usage_says_what_lies_there(at_lab: Client, in_trash: None) -> None:
    limit(COUNT, 3)

    project, upload = (words(at_lab.get(path)) for path in ("/project", "/images/new"))

    assert "In the trash: 30 B" in project
    assert "3 of 3 · full · In the trash: 3" in upload
    assert "In the trash 3 30 B" in project


def test_refusal_names_what_lies_there(at_lab: Client, in_trash: None) -> None:
    limit(COUNT, 3)
    record = {"name": "x", "disk_format": "raw", "container_format": "bare", "store": "memory"}
    record |= {"visibility": "private", "min_disk": "0", "min_ram": "0"}

    answer = at_lab.post("/images/new", record)

    assert answer.status_code == 413
    assert "3 lie in the project’s trash, and count until they are deleted there." in words(answer)
