from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.lifecycle.members import share_image
from images.lifecycle.verification import check_data
from images.models import Image, Task
from images.states import TaskStatus
from stores.registry import get_store
from tests.conftest import OTHER
from tests.portal.image.test_definitions import DISK, define
from tests.portal.views.test_lists import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.actors import Actor

TABS = {"": 8, "/properties": 6, "/sharing": 9, "/activity": 9, "/use": 5}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_takes_a_constant_number_of_queries(
    at_lab: Client,
    make_active: Callable[..., Image],
    owner: Actor,
    django_assert_num_queries: DjangoAssertNumQueries,
    tab: str,
    count: int,
) -> None:
    words = [f"word{number}" for number in range(count)]
    image = make_active(tags=words, properties=dict.fromkeys(words, "1"), visibility="shared")
    for number in range(count):
        share_image(image, actor=owner, project=f"{number}" * 32)

    with django_assert_num_queries(TABS[tab]):
        at_lab.get(f"/images/{image.pk}{tab}")


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_marked_and_leads_to_all(
    at_lab: Client, make_active: Callable[..., Image], tab: str
) -> None:
    address = f"/images/{make_active().pk}"

    text = at_lab.get(address + tab).text

    assert [f'href="{address}{one}"' in text for one in TABS] == [True] * len(TABS)
    assert f'<a href="{address}{tab}" aria-current="page">' in text


def test_a_tab_without_content_says_what_would_fill_it(
    at_lab: Client, at_farm: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(visibility="shared")
    share_image(image, actor=owner, project=OTHER)

    told = {
        "properties": at_lab.get(f"/images/{image.pk}/properties").text,
        "activity": at_farm.get(f"/images/{image.pk}/activity").text,
    }

    assert "Properties tell what is in the image" in told["properties"]
    assert "Only the project that owns it reads" in told["activity"]


def test_properties_are_explained(
    at_lab: Client, make_active: Callable[..., Image], admin: Actor
) -> None:
    define(admin, "Hardware", properties={"disk_bus": DISK | {"description": "How it is wired."}})
    image = make_active(properties={"disk_bus": "virtio"})

    text = at_lab.get(f"/images/{image.pk}/properties").text

    assert "Disk bus" in text
    assert "How it is wired." in text


def test_data_on_their_way_are_shown(at_lab: Client, make_image: Callable[..., Image]) -> None:
    image = make_image()
    begin(image, size=5 << 30)

    text = at_lab.get(f"/images/{image.pk}").text

    assert text.count('<progress class="arriving"') == 1
    assert "5.0 GiB" in text


def test_who_may_not_download_reads_why(
    at_lab_reader: Client, make_active: Callable[..., Image]
) -> None:
    text = " ".join(at_lab_reader.get(f"/images/{make_active().pk}").text.split())

    assert 'aria-disabled="true" aria-describedby="no-download"' in text
    assert 'id="no-download"' in text


def state(browser: Client, image: Image) -> str:
    """Return what the page says of the check of the data."""
    check = browser.get(f"/images/{image.pk}").context["check"]
    return check.state if check else "never"


def work() -> None:
    """Do every check that waits."""
    for task in Task.objects.filter(status=TaskStatus.PENDING):
        check_data(str(task.pk))


def test_a_check_is_asked_for_and_told(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(b"bytes of a disk")
    told = [state(at_lab, image)]

    answer = at_lab.post(f"/images/{image.pk}/verify")
    told.append(state(at_lab, image))
    work()
    told.append(state(at_lab, image))

    assert answer["Location"] == f"/images/{image.pk}"
    assert told == ["never", "waiting", "intact"]


def test_a_check_under_way_tells_how_far_it_is(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()
    at_lab.post(f"/images/{image.pk}/verify")
    Task.objects.update(status=TaskStatus.PROCESSING, result={"done": 1, "size": 3})

    text = " ".join(at_lab.get(f"/images/{image.pk}").text.split())

    assert '<progress max="100" value="33"' in text
    assert "every 2s" in text
    assert "Verify now" not in text


def test_corrupt_data_are_told_to_whoever_sees_the_image(
    at_lab: Client, at_lab_reader: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()
    get_store().delete(str(image.pk))
    at_lab.post(f"/images/{image.pk}/verify")
    work()

    text = at_lab_reader.get(f"/images/{image.pk}").text

    assert "The data in memory are not those that came" in text
    assert "Verify now" not in text


def test_a_check_that_could_not_be_done_says_why(
    at_lab: Client, make_active: Callable[..., Image], settings: Any
) -> None:
    image = make_active()
    at_lab.post(f"/images/{image.pk}/verify")
    settings.IMAGE_STORES = {"empty": settings.IMAGE_STORES["memory"]}
    settings.DEFAULT_STORE = "empty"
    work()

    assert state(at_lab, image) == "failed"
