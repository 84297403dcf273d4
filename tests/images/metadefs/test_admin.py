from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from images.metadefs.models import Namespace
from portal.identity.models import User
from tests.images.metadefs.conftest import MakeNamespace
from tests.images.metadefs.shown import TITLE
from tests.portal.views.conftest import administrator, at_lab, projects, sign_in

__all__ = ["administrator", "at_lab", "projects", "sign_in"]

NAMESPACES = "/admin/metadefs/namespace/"


@pytest.fixture
def own(make_namespace: MakeNamespace) -> Namespace:
    """Return a namespace with a part of each kind."""
    return make_namespace(
        "OS::Own",
        properties={"a key": TITLE},
        objects=[{"name": "an object"}],
        tags=[{"name": "a tag"}],
        resource_type_associations=[{"name": "a type", "prefix": "a_"}],
    )


def test_page_shows_what_lies_in_a_namespace(administrator: Client, own: Namespace) -> None:
    page = administrator.get(f"{NAMESPACES}{own.pk}/change/")

    assert page.status_code == 200
    for word in ("OS::Own", "a key", "an object", "a tag", "a type", "a_"):
        assert word in page.text


@pytest.mark.parametrize("path", ["add/", "{}/delete/"])
def test_nothing_is_added_or_deleted(administrator: Client, own: Namespace, path: str) -> None:
    answer = administrator.post(NAMESPACES + path.format(own.pk), {"post": "yes"})

    assert answer.status_code == 403
    assert Namespace.objects.count() == 1


def test_nothing_is_changed(administrator: Client, own: Namespace) -> None:
    answer = administrator.post(f"{NAMESPACES}{own.pk}/change/", {"namespace": "New"})

    own.refresh_from_db()
    assert (answer.status_code, own.namespace) == (403, "OS::Own")


@pytest.mark.parametrize("search", ["own", "Shown", "about", "1" * 32])
def test_search_finds(administrator: Client, make_namespace: MakeNamespace, search: str) -> None:
    make_namespace("OS::Own", display_name="Shown", description="about")
    make_namespace("Other", owner="o")

    page = administrator.get(NAMESPACES, {"q": search})

    assert [row.namespace for row in page.context["cl"].result_list] == ["OS::Own"]


def test_staff_with_permissions_alone_sees_none(at_lab: Client, own: Namespace) -> None:
    user = User.objects.get()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.all())

    assert at_lab.get(NAMESPACES).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    administrator: Client,
    make_namespace: MakeNamespace,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        make_namespace(f"n{number}")

    with django_assert_num_queries(4):
        administrator.get(NAMESPACES)


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_constant_number_of_queries(
    administrator: Client,
    make_namespace: MakeNamespace,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    parts = [{"name": f"p{number}"} for number in range(count)]
    namespace = make_namespace(objects=parts, tags=parts, resource_type_associations=parts)
    ContentType.objects.get_for_model(Namespace)  # is asked for once in a process

    with django_assert_num_queries(7):
        administrator.get(f"{NAMESPACES}{namespace.pk}/change/")
