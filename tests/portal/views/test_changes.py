from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.models import Image, Trashed
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def edited(image: Image, *rows: tuple[str, str], **fields: str) -> dict[str, str]:
    """Return what the edit page sends: its fields, and *rows* of the table of properties."""
    initial = image.properties.count()
    sent = {
        "name": image.name or "x",
        "visibility": image.visibility,
        "min_disk": str(image.min_disk),
        "min_ram": str(image.min_ram),
        "tags": ", ".join(tag.name for tag in image.tags.all()),
        "properties-TOTAL_FORMS": str(len(rows)),
        "properties-INITIAL_FORMS": str(initial),
    }
    if image.status == "queued":
        sent |= {"disk_format": "raw", "container_format": "bare"}
    for number, (name, value) in enumerate(rows):
        sent |= {f"properties-{number}-name": name, f"properties-{number}-value": value}
    return sent | fields


def properties(image: Image) -> dict[str, str]:
    """Return the properties that the database holds."""
    return {row.name: row.value for row in image.properties.all()}


def test_edit_changes_fields_and_tags(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(name="old", tags=["a", "b"])
    sent = edited(image, name="new", tags="b, c", protected="on", min_ram="512")

    answer = at_lab.post(f"/images/{image.pk}/edit", sent)

    image.refresh_from_db()
    assert answer["Location"] == f"/images/{image.pk}"
    assert (image.name, image.protected, image.min_ram) == ("new", True, 512)
    assert {tag.name for tag in image.tags.all()} == {"b", "c"}


def test_edit_changes_properties(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(properties={"a": "1", "b": "2", "c": "3"})
    sent = edited(image, ("a", "one"), ("beta", "2"), ("c", "3"), ("d", "4\r\n5"))

    at_lab.post(f"/images/{image.pk}/edit", sent | {"properties-2-DELETE": "on"})

    assert properties(image) == {"a": "one", "beta": "2", "d": "4\n5"}


def test_what_was_not_touched_is_not_written(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="x", properties={"a": "1", "text": " two\n lines"})
    before = image.updated_at

    at_lab.post(f"/images/{image.pk}/edit", edited(image, ("a", "1"), ("text", " two\r\n lines")))

    image.refresh_from_db()
    assert image.updated_at == before
    assert properties(image) == {"a": "1", "text": " two\n lines"}


@pytest.mark.parametrize(
    "name",
    ["status", "owner", "protected", "min_disk", "size", "locations", "os_glance_x", "deleted"],
)
def test_fields_are_not_changed_as_properties(
    at_lab: Client, make_active: Callable[..., Image], name: str
) -> None:
    image = make_active()

    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, (name, "1")))

    assert answer.status_code == 400
    assert properties(image) == {}


def test_a_property_stands_once(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active()

    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, ("a", "1"), ("a", "2")))

    assert answer.status_code == 400
    assert "stands twice" in answer.text


def test_a_bad_value_keeps_what_was_typed(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active()
    sent = edited(image, ("kernel_id", "nonsense"), name="typed")

    answer = at_lab.post(f"/images/{image.pk}/edit", sent)

    assert answer.status_code == 400
    assert 'value="typed"' in answer.text


@pytest.mark.parametrize("field", ["owner", "status", "size", "checksum", "id", "created_at"])
def test_edit_takes_no_other_field(
    at_lab: Client, make_active: Callable[..., Image], field: str
) -> None:
    image = make_active()
    before = Image.objects.filter(pk=image.pk).values(field).get()

    at_lab.post(f"/images/{image.pk}/edit", edited(image, **{field: "2" * 32}))

    assert Image.objects.filter(pk=image.pk).values(field).get() == before


def test_members_do_not_publish(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active()

    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, visibility="public"))

    image.refresh_from_db()
    assert (answer.status_code, image.visibility) == (400, "shared")


def test_delete_without_a_trash_asks_and_then_deletes(
    at_lab: Client, make_active: Callable[..., Image], settings: Any
) -> None:
    settings.TRASH_DAYS = 0
    image = make_active(name="old")

    pages = [at_lab.get(f"/images/{image.pk}/delete"), at_lab.post(f"/images/{image.pk}/delete")]
    there = Image.objects.filter(pk=image.pk).exists()
    answer = at_lab.post(f"/images/{image.pk}/delete", {"confirmed": "yes"})

    assert ["Delete old?" in page.text for page in pages] == [True, True]
    assert there
    assert answer["Location"] == "/"
    assert (Image.objects.count(), Trashed.objects.count()) == (0, 0)


def test_a_protected_image_says_why_not(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(protected=True)

    answer = at_lab.post(f"/images/{image.pk}/delete")

    assert answer.status_code == 403
    assert "protected against deletion" in answer.text
    assert Image.objects.filter(pk=image.pk).exists()


def test_deactivate_and_reactivate(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active()

    at_lab.post(f"/images/{image.pk}/deactivate")
    stopped = image.current_status()
    download = at_lab.get(f"/images/{image.pk}/download")
    at_lab.post(f"/images/{image.pk}/reactivate")

    assert (stopped, download.status_code) == ("deactivated", 403)
    assert image.current_status() == "active"


def test_acts_are_no_links(at_lab: Client, make_active: Callable[..., Image]) -> None:
    answer = at_lab.get(f"/images/{make_active().pk}/deactivate")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "nothing was changed" in answer.text
    assert "Go to the images" in answer.text


@pytest.mark.parametrize("act", ["edit", "delete", "deactivate", "share"])
def test_a_wrong_token_changes_nothing(
    sign_in: Callable[..., Client], make_active: Callable[..., Image], act: str
) -> None:
    image = make_active()
    strict = sign_in(PROJECT, enforce_csrf_checks=True)

    answer = strict.post(f"/images/{image.pk}/{act}", {"csrfmiddlewaretoken": "x" * 64})

    assert answer.status_code == 403
    assert image.current_status() == "active"
