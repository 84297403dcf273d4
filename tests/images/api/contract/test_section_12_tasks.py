"""Tasks: an image's own for whoever sees it, all of them for administrators."""

from __future__ import annotations

import re
from typing import Any

import pytest

from images.models import Image, Task
from tests.conftest import PROJECT, MakeImage, actor
from tests.images.api.contract.conftest import Run
from tests.images.api.door import Door
from tests.webserver import WebServer

pytestmark = pytest.mark.django_db

OF_IMAGE, LIST, ONE = "/v2/images/{image_id}/tasks", "/v2/tasks", "/v2/tasks/{task_id}"
ABSENT = "0b59a1f4-3c5e-4bd5-9a0b-0d8b55f5a8b1"


@pytest.fixture
def make_task(make_image: MakeImage) -> Any:
    """Return a maker of tasks, each of an image of its own; fields by keyword."""

    def make(**fields: Any) -> Task:
        given = {"type": "location_import", "image": make_image(), "owner": PROJECT}
        task = Task.objects.create(**given | fields)
        task.refresh_from_db()
        return task

    return make


@pytest.fixture
def done(web: str, site: WebServer, make_image: MakeImage, run: Run) -> Image:
    """Return an image whose data were added by a task."""
    image = make_image(visibility="community")
    body = {"url": site.put("/image", b"bytes")}
    door = Door(actor(PROJECT, "member", request_id="req-mine"))
    door.send("POST", f"/images/{image.pk}/locations", body)
    run()
    return image


def listed(door: Door, query: str = "") -> list[str]:
    return [task["id"] for task in door.send("GET", f"/tasks{query}").json()["tasks"]]


@pytest.mark.route("GET", OF_IMAGE)
def test_tasks_of_an_image_without_any_are_none(reader_door: Door, make_image: MakeImage) -> None:
    answer = reader_door.send("GET", f"/images/{make_image().pk}/tasks")

    assert (answer.status_code, answer.json()) == (200, {"tasks": []})


@pytest.mark.route("GET", OF_IMAGE)
def test_row_of_an_image_holds_everything(reader_door: Door, done: Image, site: WebServer) -> None:
    [row] = reader_door.send("GET", f"/images/{done.pk}/tasks").json()["tasks"]

    times = [row.pop(name) for name in ("created_at", "updated_at", "expires_at")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", time) for time in times)
    assert times[2] > times[1]
    url = f"http://127.0.0.1:{site.port}/image"
    assert row == {
        "id": str(Task.objects.get().pk),
        "type": "location_import",
        "status": "success",
        "owner": PROJECT,
        "deleted_at": None,
        "deleted": False,
        "image_id": str(done.pk),
        "request_id": "req-mine",
        "user_id": f"u{PROJECT}"[:32],
        "input": {"image_id": str(done.pk), "loc_url": url, "validation_data": {}},
        "result": {"image_id": str(done.pk)},
        "message": "",
    }


@pytest.mark.route("GET", OF_IMAGE)
@pytest.mark.parametrize(
    ("who", "status"), [("reader_door", 200), ("admin_door", 200), ("stranger_door", 404)]
)
def test_whoever_sees_the_image_sees_its_tasks(
    request: pytest.FixtureRequest, make_image: MakeImage, who: str, status: int
) -> None:
    image = make_image(visibility="private")
    door = request.getfixturevalue(who)

    assert door.send("GET", f"/images/{image.pk}/tasks").status_code == status


@pytest.mark.route("GET", LIST)
def test_list_of_all_tasks_without_any(admin_door: Door) -> None:
    answer = admin_door.send("GET", "/tasks")

    empty = {"tasks": [], "first": "/v2/tasks", "schema": "/v2/schemas/tasks"}
    assert (answer.status_code, answer.json()) == (200, empty)


@pytest.mark.route("GET", LIST)
def test_list_leaves_input_result_and_message_out(admin_door: Door, done: Image) -> None:
    [stub] = admin_door.send("GET", "/tasks").json()["tasks"]

    assert stub.keys() & {"input", "result", "message"} == set()
    assert (stub["image_id"], stub["status"]) == (str(done.pk), "success")
    assert (stub["self"], stub["schema"]) == (f"/v2/tasks/{stub['id']}", "/v2/schemas/task")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stub["expires_at"])


@pytest.mark.route("GET", LIST)
@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize("who", ["owner_door", "reader_door", "member_door"])
def test_tasks_of_all_are_for_administrators(
    request: pytest.FixtureRequest, make_task: Any, who: str
) -> None:
    door = request.getfixturevalue(who)

    assert door.send("GET", "/tasks").status_code == 403
    assert door.send("GET", f"/tasks/{make_task().pk}").status_code == 403
    assert door.send("GET", "/tasks?limit=x").status_code == 403


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "type=location_import",
        "type=x",
        "marker=x",
        f"marker={ABSENT}",
        "sort_key=message",
        "sort_key=",
        "sort_dir=up",
        "limit=x",
        "limit=-1",
    ],
)
def test_nonsense_in_the_query_is_400(admin_door: Door, query: str) -> None:
    assert admin_door.send("GET", f"/tasks?{query}").status_code == 400


@pytest.mark.route("GET", LIST)
def test_filters_narrow_the_list(admin_door: Door, make_task: Any) -> None:
    failed = make_task(status="failure", type="import")
    make_task()

    assert listed(admin_door, "?status=failure") == [str(failed.pk)]
    assert listed(admin_door, "?type=import") == [str(failed.pk)]
    assert listed(admin_door, "?status=success") == []


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("key", ["id", "type", "status", "created_at", "updated_at", "expires_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_show_each_task_once(
    admin_door: Door, make_task: Any, key: str, direction: str
) -> None:
    ends = (None, "2099-01-01T00:00:00Z", None, "2099-01-02T00:00:00Z", "2099-01-02T00:00:00Z")
    tasks = {str(make_task(expires_at=end).pk) for end in ends}
    address, found = f"/v2/tasks?limit=2&sort_key={key}&sort_dir={direction}", []
    first = address

    while address:
        page = admin_door.get(address).json()
        found += [task["id"] for task in page["tasks"]]
        assert page["first"] == first
        address = page.get("next", "")

    assert (len(found), set(found)) == (5, tasks)


@pytest.mark.route("GET", LIST)
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    admin_door: Door, make_task: Any, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        make_task()

    with django_assert_num_queries(1):
        admin_door.send("GET", "/tasks")


@pytest.mark.route("GET", ONE)
def test_one_task_tells_what_was_asked_and_what_came_of_it(admin_door: Door, done: Image) -> None:
    task = Task.objects.get()

    shown = admin_door.send("GET", f"/tasks/{task.pk}").json()

    assert shown["input"]["image_id"] == shown["result"]["image_id"] == str(done.pk)
    assert "is_service" not in shown["input"]


@pytest.mark.route("GET", ONE)
@pytest.mark.parametrize("pk", ["x", ABSENT])
def test_task_that_is_not_there_is_404(admin_door: Door, pk: str) -> None:
    assert admin_door.send("GET", f"/tasks/{pk}").status_code == 404


@pytest.mark.route("GET", LIST)
@pytest.mark.route("GET", ONE)
def test_task_vanishes_when_it_expires(admin_door: Door, make_task: Any) -> None:
    task = make_task(status="success", expires_at="2020-01-01T00:00:00Z")

    assert listed(admin_door) == []
    assert admin_door.send("GET", f"/tasks/{task.pk}").status_code == 404


def test_tasks_are_neither_deleted_nor_made_here(admin_door: Door, make_task: Any) -> None:
    deleted = admin_door.send("DELETE", f"/tasks/{make_task().pk}")
    made = admin_door.send("POST", "/tasks", {"type": "import", "input": {}})

    assert (deleted.status_code, deleted.headers["Allow"]) == (405, "GET, OPTIONS")
    assert made.status_code == 405


def test_service_sees_no_tasks_of_others(make_task: Any) -> None:
    door = Door(actor(PROJECT, "service"))

    assert door.send("GET", f"/tasks/{make_task().pk}").status_code == 403
