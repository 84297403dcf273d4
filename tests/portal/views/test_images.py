from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from stores.registry import get_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from images.actors import Actor
    from images.models import Image
    from tests.conftest import Protect

TOKEN = re.compile(r'req-[-0-9a-f]{36}|(?:value|data-token)="\w{64}"')
TABS = ("", "/properties", "/sharing", "/activity", "/use")
SHOWING = (*TABS, "/edit")
HOSTILE = "<script>alert(1)</script>\"'&{{ 7 }}"


def test_list_shows_images(at_lab: Client, make_active: Callable[..., Image]) -> None:
    make_active(name="debian")

    page = at_lab.get("/")

    assert page.status_code == 200
    assert "debian" in page.text


def test_list_without_images_offers_three_doors(at_lab: Client) -> None:
    page = at_lab.get("/")

    assert page.text.count("card-box") == 3


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    at_lab: Client,
    make_active: Callable[..., Image],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        make_active(name=f"image {number}", tags=["a", "b"], properties={"os": "linux"})

    with django_assert_num_queries(7):
        at_lab.get("/")


def test_pages_leave_out_properties_that_may_not_be_read(
    at_lab: Client, make_active: Callable[..., Image], protect: Protect
) -> None:
    image = make_active(properties={"hidden": "kept from all", "shown": "looked at"})
    protect("[^hidden$]\nread = !\n[.]\nread = @\n")

    texts = [at_lab.get(f"/images/{image.pk}{page}").text for page in ("/properties", "/edit")]

    assert ["looked at" in text for text in texts] == [True, True]
    assert ["kept from all" in text for text in texts] == [False, False]


def test_list_narrows_by_search_and_filters(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    make_image(name="debian", disk_format="qcow2")
    make_image(name="fedora", disk_format="raw")

    found = at_lab.get("/?q=DEB&disk_format=qcow2&status=queued")
    other = at_lab.get("/?disk_format=iso")

    assert [image.name for image in found.context["listing"].images] == ["debian"]
    assert "Show all images" in other.text


def test_list_pages_forth_and_back(
    at_lab: Client, make_image: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.lists.keyset.PAGE", 2)
    for number in range(5):
        make_image(name=f"image {number}")

    first = at_lab.get("/?sort=name:asc").context["listing"]
    second = at_lab.get(f"/?sort=name:asc&after={first.page.last}").context["listing"]
    third = at_lab.get(f"/?sort=name:asc&after={second.page.last}").context["listing"]
    again = at_lab.get(f"/?sort=name:asc&before={third.page.first}").context["listing"]

    assert [image.name for image in second.images] == ["image 2", "image 3"]
    assert [image.name for image in third.images] == ["image 4"]
    assert [image.name for image in again.images] == ["image 2", "image 3"]
    assert (first.page.has_previous, first.page.has_next) == (False, True)
    assert (third.page.has_previous, third.page.has_next) == (True, False)
    assert (again.page.has_previous, again.page.has_next) == (True, True)


@pytest.mark.parametrize(
    "query", ["sort=size:up", "sort=owner:asc", "after=nonsense", "q=%00", "status=like:x"]
)
def test_nonsense_in_the_address_is_a_bad_request(at_lab: Client, query: str) -> None:
    assert at_lab.get(f"/?{query}").status_code == 400


def test_marker_of_another_project_is_as_unknown(
    at_lab: Client, make_image: Callable[..., Image], stranger: Actor
) -> None:
    foreign = make_image(actor=stranger, visibility="private")

    assert at_lab.get(f"/?after={foreign.pk}").status_code == 400


def test_programs_get_the_versions(client: Client) -> None:
    assert client.get("/").status_code == 300


def test_nobody_is_sent_to_sign_in_and_back(
    client: Client, make_image: Callable[..., Image]
) -> None:
    address = f"/images/{make_image().pk}/edit"

    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address}"


def test_hostile_words_are_escaped(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(name=HOSTILE, tags=[HOSTILE], properties={HOSTILE: HOSTILE})

    for address in ("/", *(f"/images/{image.pk}{page}" for page in SHOWING)):
        assert "<script>alert" not in at_lab.get(address).text


def test_unseen_characters_are_shown(at_lab: Client, make_image: Callable[..., Image]) -> None:
    image = make_image(name="exe\u202egpj.\u200b")

    assert "exe⟨202E⟩gpj.⟨200B⟩" in at_lab.get(f"/images/{image.pk}").text


def test_commands_are_safe_to_paste(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(name="a'; $(reboot) #")

    page = at_lab.get(f"/images/{image.pk}/use").text

    assert "&#x27;a&#x27;&quot;&#x27;&quot;&#x27;; $(reboot) #.raw&#x27;" in page


def test_download_is_the_bytes_under_the_images_name(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(b"bytes of a disk", name="disk ä/\n\u202e")

    answer = at_lab.get(f"/images/{image.pk}/download")

    assert answer.getvalue() == b"bytes of a disk"
    assert answer["Content-Disposition"] == ("attachment; filename*=utf-8''disk%20%C3%A4___.raw")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_download_resumes(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(b"bytes of a disk")

    answer = at_lab.get(f"/images/{image.pk}/download", headers={"Range": "bytes=6-7"})

    assert (answer.status_code, answer.getvalue()) == (206, b"of")


def test_download_of_nothing_is_not_now(at_lab: Client, make_image: Callable[..., Image]) -> None:
    assert at_lab.get(f"/images/{make_image().pk}/download").status_code == 409


def test_download_of_lost_data_says_that_it_is_lost(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()
    get_store().delete(str(image.pk))

    answers = [at_lab.get(f"/images/{image.pk}/download") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert all("No store has the image’s data any more." in answer.text for answer in answers)


def test_readers_see_but_do_not_download(
    at_lab_reader: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()

    assert at_lab_reader.get(f"/images/{image.pk}").status_code == 200
    assert at_lab_reader.get(f"/images/{image.pk}/download").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/", "/images/new", "/images/{}", "/images/{}/edit", "/inbox", "/project", "/account", "/no"],
)
def test_pages_are_kept_nowhere(
    at_lab: Client, make_active: Callable[..., Image], address: str
) -> None:
    page = at_lab.get(address.format(make_active().pk))

    assert "no-store" in page["Cache-Control"]


PAGES = (*TABS, "/download", "/edit", "/delete", "/share", "/upload")
ACTS = (
    "/edit",
    "/verify",
    "/delete",
    "/share",
    "/upload",
    "/deactivate",
    "/reactivate",
    f"/share/{'2' * 32}",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_learns_no_more_than_of_an_unknown_id(
    at_shop: Client, make_active: Callable[..., Image], page: str
) -> None:
    there = make_active(visibility="private").pk
    unknown = "00000000-0000-4000-8000-000000000000"

    answers = [at_shop.get(f"/images/{pk}{page}") for pk in (there, unknown)]

    told = [
        TOKEN.sub("", answer.text.replace(str(pk), "ID"))
        for pk, answer in zip((there, unknown), answers, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert told[0] == told[1]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_can_do_nothing(
    at_shop: Client, make_active: Callable[..., Image], act: str
) -> None:
    image = make_active(visibility="private")

    answer = at_shop.post(f"/images/{image.pk}{act}", {"project": "shop", "name": "mine"})

    assert answer.status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_a_reader_can_do_nothing(
    at_lab_reader: Client, make_active: Callable[..., Image], act: str
) -> None:
    image = make_active()

    assert at_lab_reader.post(f"/images/{image.pk}{act}").status_code == 403
