from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission

from images.lifecycle.trash import trash_image
from images.models import Event, Image, Trashed
from portal.identity.models import User
from quotas.models import Limit
from tests.conftest import PROJECT
from tests.images.kept import kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.actors import Actor
    from tests.conftest import Protect

IMAGES = "/admin/images/image/"
LISTS = [
    IMAGES,
    "/admin/images/location/",
    "/admin/images/member/",
    "/admin/images/event/",
    "/admin/images/task/",
    "/admin/images/trashed/",
    "/admin/quotas/limit/",
    "/admin/quotas/part/",
    "/admin/quotas/usage/",
]


def press(client: Client, action: str, *images: Image, **more: str) -> str:
    """Choose *images* in the list, and do *action*; return the page that follows."""
    chosen = [str(image.pk) for image in images]
    sent = {"action": action, "_selected_action": chosen, **more}
    return client.post(IMAGES, sent, follow=True).text


@pytest.mark.parametrize("address", LISTS)
def test_lists_open_for_administrators(
    administrator: Client, make_active: Callable[..., Image], address: str
) -> None:
    make_active()

    assert administrator.get(address).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_staff_with_permissions_alone_sees_none(at_lab: Client, address: str) -> None:
    user = User.objects.get()
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.all())

    assert at_lab.get(address).status_code == 403


def test_delete_asks_and_says_what_happens(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="debian")

    page = press(administrator, "discard_image", image)

    assert "can be restored for 7 days" in page
    assert f"debian ({image.pk}): active, 10\xa0bytes, in memory, shared with 0 projects" in page
    assert Image.objects.filter(pk=image.pk).exists()


def test_acts_go_through_the_verbs(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()

    for action in ("deactivate_image", "reactivate_image", "discard_image"):
        press(administrator, action, image, confirmed="yes")

    assert kinds(image_id=image.pk)[-3:] == ["image.deactivate", "image.reactivate", "image.trash"]


def test_a_refusal_of_one_keeps_no_other_from_it(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    kept, gone = make_active(name="kept", protected=True), make_active()

    page = press(administrator, "discard_image", kept, gone, confirmed="yes")

    assert "Kept: The image is protected" in page
    assert [image.name for image in Image.objects.all()] == ["kept"]


def test_djangos_own_delete_is_not_there(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()

    press(administrator, "delete_selected", image, post="yes")
    answer = administrator.post(f"{IMAGES}{image.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert Image.objects.filter(pk=image.pk).exists()


def test_what_people_wrote_is_corrected_by_the_verb(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="old")
    sent = {"name": "new", "visibility": "public", "min_disk": "0", "min_ram": "0"}

    administrator.post(f"{IMAGES}{image.pk}/change/", sent | management(image))

    image.refresh_from_db()
    assert (image.name, image.visibility) == ("new", "public")
    assert Event.objects.filter(kind="image.update", image_id=image.pk).exists()


@pytest.mark.parametrize("field", ["status", "owner", "size", "checksum", "disk_format", "id"])
def test_nothing_else_is_written(
    administrator: Client, make_active: Callable[..., Image], field: str
) -> None:
    image = make_active(name="old")
    before = Image.objects.filter(pk=image.pk).values(field).get()
    sent = {
        "name": "old",
        "visibility": "shared",
        "min_disk": "0",
        "min_ram": "0",
        field: "deleted",
    }

    administrator.post(f"{IMAGES}{image.pk}/change/", sent | management(image))

    assert Image.objects.filter(pk=image.pk).values(field).get() == before


def test_property_that_nobody_may_read_is_not_shown(
    administrator: Client, make_active: Callable[..., Image], protect: Protect
) -> None:
    image = make_active(properties={"hidden": "unread", "shown": "looked at"})
    protect("[^hidden$]\nread = !\n[.]\nread = @\n")

    page = administrator.get(f"{IMAGES}{image.pk}/change/").text

    assert ("looked at" in page, "unread" in page) == (True, False)


def management(image: Image) -> dict[str, str]:
    """Return what the page of *image* sends for the parts that it shows."""
    return {
        f"{part}-{kind}_FORMS": "0"
        for part in ("locations", "members", "user_grants", "group_grants", "tags", "properties")
        for kind in ("TOTAL", "INITIAL")
    }


def test_images_are_not_added_here(administrator: Client) -> None:
    page = administrator.get(IMAGES)

    assert administrator.get(f"{IMAGES}add/").status_code == 403
    assert 'href="/images/new"' in page.text


def test_guardians_pages_are_not_there(
    administrator: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()

    answer = administrator.get(f"{IMAGES}{image.pk}/permissions/", follow=True)

    assert "Object permissions" not in administrator.get(f"{IMAGES}{image.pk}/change/").text
    assert "obj_perms" not in answer.text


@pytest.mark.parametrize("search", ["debian", PROJECT, "IMAGE", "CHECKSUM"])
def test_search_finds(
    administrator: Client, make_active: Callable[..., Image], search: str
) -> None:
    image = make_active(name="debian")
    make_active(b"other")
    wanted = {"IMAGE": str(image.pk), "CHECKSUM": str(image.checksum)}.get(search, search)

    page = administrator.get(IMAGES, {"q": wanted})

    found = [one.pk for one in page.context["cl"].result_list]
    assert image.pk in found
    assert len(found) == (2 if search == PROJECT else 1)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    administrator: Client,
    make_active: Callable[..., Image],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        make_active()

    with django_assert_num_queries(4):
        administrator.get(IMAGES)


def test_limits_are_set_here(administrator: Client) -> None:
    sent = {"project": PROJECT, "resource": "image_count_total", "value": "5"}

    administrator.post("/admin/quotas/limit/add/", sent)

    assert Limit.objects.get().value == 5


def test_trash_is_listed_restored_and_deleted_for_good(
    administrator: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    three = [make_active(name=name) for name in ("one", "two", "three")]
    for image in three:
        trash_image(image, actor=owner)

    def press(action: str, image: Image, **more: str) -> str:
        sent = {"action": action, "_selected_action": str(image.pk), **more}
        return administrator.post("/admin/images/trashed/", sent, follow=True).text

    asked = press("purge_image", three[0])
    press("purge_image", three[0], confirmed="yes")
    press("restore_image", three[1], confirmed="yes")

    assert f"one ({three[0].pk})" in asked
    assert [one.current_status() for one in three] == ["deleted", "active", "deleted"]
    assert Trashed.objects.get().image == three[2]
