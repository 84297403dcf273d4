from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from images.models import Event, Image, Location
from quotas.models import Limit, Resource, Usage
from stores.registry import get_store
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

RECORD = {
    "name": "debian",
    "disk_format": "raw",
    "container_format": "bare",
    "store": "memory",
    "visibility": "private",
    "min_disk": "1",
    "min_ram": "2",
    "tags": "linux, base ,",
}
CONTENT = bytes(range(256)) * 4096 * 10  # a chunk of the handler, and some more
AS_SCRIPT = {"Accept": "application/json"}


def send_form(client: Client, address: str, content: bytes = CONTENT, **fields: str) -> Answer:
    """Post *content* as the file of a form, and *fields* before it."""
    return client.post(address, {**fields, "file": SimpleUploadedFile("disk", content)})


def assert_undone(image: Image) -> None:
    """Check that nothing is left of an upload, and that it can be tried again."""
    image.refresh_from_db()
    usage = Usage.objects.get(pk=image.owner)
    assert image.status == "queued"
    assert not Location.objects.filter(image=image).exists()
    keys = list(get_store().keys())
    assert not any(key.startswith(str(image.pk)) for key in keys)
    assert (usage.used, usage.reserved) == (0, 0)


def test_a_record_goes_to_no_project_but_the_one_that_its_page_showed(
    at_lab: Client, at_farm: Client
) -> None:
    shown = at_lab.get("/images/new").context["form"]["project"].value()

    refused = at_farm.post("/images/new", RECORD | {"project": shown}, headers=AS_SCRIPT)
    made = at_lab.post("/images/new", RECORD | {"project": shown}, headers=AS_SCRIPT)

    assert (refused.status_code, made.status_code) == (400, 201)
    assert refused.json()["errors"]["__all__"][0].startswith("You act in another project now")
    assert Image.objects.get().owner == PROJECT


def test_record_is_made_and_its_bytes_come_next(at_lab: Client) -> None:
    answer = at_lab.post("/images/new", RECORD)

    image = Image.objects.with_parts().get()
    assert answer["Location"] == f"/images/{image.pk}/upload?store=memory"
    assert (image.name, image.owner, image.status) == ("debian", PROJECT, "queued")
    assert (image.min_disk, image.min_ram, image.visibility) == (1, 2, "private")
    assert [tag.name for tag in image.tags.all()] == ["base", "linux"]


def test_record_tells_a_script_its_image(at_lab: Client) -> None:
    answer = at_lab.post("/images/new", RECORD, headers=AS_SCRIPT)

    pk = Image.objects.get().pk
    assert answer.status_code == 201
    assert answer.json() == {"image": str(pk), "address": f"/images/{pk}"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 256),
        ("name", "a\0b"),
        ("disk_format", ""),
        ("disk_format", "exe"),
        ("container_format", "tin"),
        ("store", "elsewhere"),
        ("visibility", "public"),
        ("min_disk", "-1"),
        ("min_ram", str(2**31)),
        ("tags", "x" * 256),
    ],
)
def test_bad_fields_make_no_record(at_lab: Client, field: str, value: str) -> None:
    page = at_lab.post("/images/new", RECORD | {field: value})
    script = at_lab.post("/images/new", RECORD | {field: value}, headers=AS_SCRIPT)

    assert (page.status_code, script.status_code) == (400, 400)
    assert [*script.json()["errors"]] == [field]
    assert not Image.objects.exists()


@pytest.mark.parametrize("field", ["id", "owner", "status", "size", "checksum", "protected"])
def test_other_fields_are_not_taken(at_lab: Client, field: str) -> None:
    at_lab.post("/images/new", RECORD | {field: "2" * 32})

    image = Image.objects.get()
    assert (image.owner, image.status, image.size) == (PROJECT, "queued", None)
    assert str(image.pk).replace("-", "") != "2" * 32


def test_administrators_may_publish(administrator: Client) -> None:
    administrator.post("/images/new", RECORD | {"visibility": "public"})

    assert Image.objects.get().visibility == "public"


def test_readers_make_no_record(at_lab_reader: Client) -> None:
    page = at_lab_reader.post("/images/new", RECORD)

    assert page.status_code == 403
    assert not Image.objects.exists()


def test_readers_are_told_instead_of_asked_for_a_file(at_lab_reader: Client) -> None:
    page = " ".join(at_lab_reader.get("/images/new").text.split())
    images = at_lab_reader.get("/").text

    assert "that needs the role “member” in this project" in page
    assert '<div id="with-file" hidden>' in page
    assert 'href="/images/new">' not in images.partition("<main")[2]


def test_too_many_images_are_refused_in_the_form(at_lab: Client) -> None:
    Limit.objects.create(project=PROJECT, resource=Resource.IMAGE_COUNT_TOTAL, value=0)

    page = at_lab.post("/images/new", RECORD)

    assert page.status_code == 413
    assert "debian" in page.text


def test_bytes_arrive(at_lab: Client, make_image: Callable[..., Image]) -> None:
    image = make_image()

    answer = send_form(at_lab, f"/images/{image.pk}/upload?store=memory&size={len(CONTENT)}")

    image.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, f"/images/{image.pk}")
    assert (image.status, image.size) == ("active", len(CONTENT))
    with get_store().open(str(image.pk)) as reader:
        assert b"".join(reader.chunks(0, reader.size)) == CONTENT


@pytest.mark.parametrize(
    "query",
    ["size=1", f"size={len(CONTENT) + 1}", f"size={'0' * 5000}1", "store=elsewhere"],
)
def test_wrong_declarations_leave_nothing(
    at_lab: Client, make_image: Callable[..., Image], query: str
) -> None:
    image = make_image()

    answer = send_form(at_lab, f"/images/{image.pk}/upload?{query}")

    assert answer.status_code == 400
    assert_undone(image)


@pytest.mark.parametrize("size", ["-1", "nonsense", str(2**70), "\u0665", "1e3", "+5"])
def test_a_size_that_is_none_is_refused(
    at_lab: Client, make_image: Callable[..., Image], size: str
) -> None:
    image = make_image()

    answer = send_form(at_lab, f"/images/{image.pk}/upload?size={size}")

    assert answer.status_code == 400
    assert_undone(image)


def test_over_quota_is_refused_and_told(at_lab: Client, make_image: Callable[..., Image]) -> None:
    image = make_image()
    Limit.objects.create(project=PROJECT, resource=Resource.IMAGE_SIZE_TOTAL, value=1000)

    answer = send_form(at_lab, f"/images/{image.pk}/upload?size={len(CONTENT)}")

    assert answer.status_code == 413
    assert "1000" in answer.text
    assert_undone(image)


def test_content_of_another_format_leaves_nothing(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image(disk_format="qcow2")

    answer = send_form(at_lab, f"/images/{image.pk}/upload")

    assert answer.status_code == 415
    assert "qcow2" in answer.text
    assert_undone(image)


def test_a_form_with_a_wrong_token_leaves_nothing(
    sign_in: Callable[..., Client], make_image: Callable[..., Image]
) -> None:
    image, address = make_image(), "/images/{}/upload"
    strict = sign_in(PROJECT, enforce_csrf_checks=True)
    strict.get(address.format(image.pk))

    answer = send_form(strict, address.format(image.pk), csrfmiddlewaretoken="x" * 64)

    assert answer.status_code == 403
    assert Event.objects.filter(kind="image.upload_abandoned").count() == 1
    assert_undone(image)


def test_a_form_with_its_token_is_kept(
    sign_in: Callable[..., Client], make_image: Callable[..., Image]
) -> None:
    image = make_image()
    strict = sign_in(PROJECT, enforce_csrf_checks=True)
    page = strict.get(f"/images/{image.pk}/upload")

    send_form(strict, f"/images/{image.pk}/upload", csrfmiddlewaretoken=page.context["csrf_token"])

    image.refresh_from_db()
    assert image.status == "active"


def test_a_raw_body_is_no_form(at_lab: Client, make_image: Callable[..., Image]) -> None:
    image, octets = make_image(), "application/octet-stream"

    answer = at_lab.post(f"/images/{image.pk}/upload", CONTENT, octets, headers=AS_SCRIPT)

    assert answer.status_code == 400
    assert_undone(image)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [("", "with-file", "with-command"), ("?way=command", "with-command", "with-file")],
)
def test_each_way_to_upload_has_an_address(
    at_lab: Client, query: str, shown: str, hidden: str
) -> None:
    page = at_lab.get(f"/images/new{query}").text

    assert re.search(rf'id="{shown}"\s*>', page)
    assert re.search(rf'id="{hidden}"\s+hidden\s*>', page)
    assert re.search(rf'data-way="{shown}"\s+aria-current="page"', page)


def test_a_form_without_a_file_leaves_nothing(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image()

    answer = at_lab.post(f"/images/{image.pk}/upload", {"file": "", "x": io.StringIO("")})

    assert answer.status_code == 400
    assert_undone(image)


def test_data_come_once(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(b"first")

    page = at_lab.get(f"/images/{image.pk}/upload")
    answer = send_form(at_lab, f"/images/{image.pk}/upload")

    image.refresh_from_db()
    assert "<form id=" not in page.text
    assert (answer.status_code, image.size) == (409, 5)


def test_a_form_that_breaks_off_leaves_nothing(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    image = make_image()
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="d"\r\n\r\nhalf of'

    answer = at_lab.post(
        f"/images/{image.pk}/upload", body, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 400
    assert_undone(image)
