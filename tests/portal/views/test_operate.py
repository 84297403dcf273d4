from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from portal.identity.models import Project, User
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from images.models import Image

PROJECTS = "/operate/projects"
LAB = f"{PROJECTS}/{PROJECT}"


@pytest.mark.parametrize("path", [PROJECTS, f"{PROJECTS}/new", LAB, f"{LAB}/delete"])
def test_pages_are_the_operators(
    administrator: Client, sign_in: Callable[..., Client], path: str
) -> None:
    assert administrator.get(path).status_code == 200
    assert sign_in(PROJECT, "manager").get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_operator_in_no_project_operates(db: None, client: Client) -> None:
    root = User.objects.create(username="root", is_superuser=True, is_staff=True)
    client.force_login(root, backend="portal.identity.backends.PeopleBackend")

    page = client.get(PROJECTS, headers={"Accept": "text/html"}).text
    made = client.post(f"{PROJECTS}/new", {"name": "first", "description": "ours"})

    assert "There is no project yet" in page
    assert made["Location"] == f"{PROJECTS}/{Project.objects.get(name='first').pk}"


@pytest.mark.parametrize(("search", "found"), [("", 3), ("A", 2), (PROJECT, 1), ("none", 0)])
def test_search_finds_by_name_and_id(administrator: Client, search: str, found: int) -> None:
    page = administrator.get(PROJECTS, {"name": search})

    assert len(page.context["projects"]) == found


@pytest.mark.parametrize(
    ("name", "status"), [("lab", 409), ("LAB", 409), ("", 400), (" ", 400), ("0" * 32, 400)]
)
def test_bad_name_is_refused_in_the_form(administrator: Client, name: str, status: int) -> None:
    answer = administrator.post(f"{PROJECTS}/new", {"name": name})

    assert answer.status_code == status
    assert Project.objects.count() == 3


def test_project_is_suspended_and_resumed(administrator: Client, at_lab: Client) -> None:
    administrator.post(f"{LAB}/suspend")
    shut = at_lab.get("/").status_code
    page = administrator.get(LAB).text
    administrator.post(f"{LAB}/resume")

    assert (shut, at_lab.get("/").status_code) == (403, 200)
    assert "It is suspended" in page


def test_project_with_images_is_not_deleted_and_says_what_it_owns(
    administrator: Client, make_active: Callable[..., Image], projects: dict[str, Project]
) -> None:
    make_active(b"0123456789")

    page = administrator.get(f"{LAB}/delete").text
    answer = administrator.post(f"{LAB}/delete")

    assert "It owns 1 image of" in page
    assert f"/admin/images/image/?q={PROJECT}" in page
    assert answer.status_code == 409
    assert Project.objects.filter(pk=PROJECT).exists()


def test_empty_project_is_deleted(administrator: Client, at_lab: Client) -> None:
    administrator.post(f"{LAB}/delete")

    assert not Project.objects.filter(pk=PROJECT).exists()
    assert at_lab.get("/").status_code == 403


@pytest.mark.parametrize("method", ["get", "put"])
@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_switches_take_a_post(administrator: Client, act: str, method: str) -> None:
    assert getattr(administrator, method)(f"{LAB}/{act}").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    administrator: Client, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    Project.objects.exclude(pk=PROJECT).filter(pk__gt="2" if count == 3 else "0").delete()

    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        administrator.get(PROJECTS)
