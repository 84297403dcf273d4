from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from images.lifecycle.changes import Change, Op
from images.lifecycle.images import update_image
from images.models import Event, Image, Property
from tests.conftest import Protect
from tests.portal.image.test_definitions import CORES, DISK, define
from tests.portal.views.test_changes import edited, properties

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.actors import Actor


def look(browser: Client, image: Image) -> dict[str, str]:
    """Open the edit page, and return what its form carries of what it shows."""
    page = browser.get(f"/images/{image.pk}/edit")
    return {"seen": str(page.context["form"]["seen"].value())}


def meanwhile(image: Image, owner: Actor, *changes: Change) -> None:
    """Let somebody else change *image*."""
    update_image(image, changes, actor=owner)


def sent_again(page: Any) -> dict[str, str]:
    """Return what the form of *page* sends when it is only saved."""
    form, table = page.context["form"], page.context["properties"]
    values = {name: form[name].value() for name in form.fields}
    sent = {
        name: value for name, value in values.items() if value is not None and value is not False
    }
    sent |= {
        f"{table.management_form.prefix}-{end}": table.management_form.initial[end]
        for end in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for row in table.forms:
        for name in ("name", "value", "DELETE"):
            if value := row[name].value():
                sent[row[name].html_name] = value
    return sent


def test_what_another_changed_meanwhile_stays(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="old", tags=["a"], properties={"a": "1", "b": "2"})
    seen, sent = look(at_lab, image), edited(image, ("a", "one"), ("b", "2"), name="new")
    meanwhile(
        image,
        owner,
        *(Change(Op.SET, "min_ram", 512), Change(Op.SET, "tags", {"a", "b"})),
        *(Change(Op.SET, "b", "two"), Change(Op.SET, "A first", "0")),
    )

    at_lab.post(f"/images/{image.pk}/edit", sent | seen)

    now = Image.objects.get()
    assert (now.name, now.min_ram, now.tag_names) == ("new", 512, ["a", "b"])
    assert properties(image) == {"A first": "0", "a": "one", "b": "two"}


def test_what_both_changed_is_shown_and_nothing_is_saved(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="old", properties={"a": "1", "b": "2"})
    seen = look(at_lab, image)
    meanwhile(image, owner, Change(Op.SET, "min_ram", 512), Change(Op.SET, "a", "theirs"))

    sent = edited(image, ("a", "mine"), ("b", "2"), min_ram="1024", name="new")
    page = at_lab.post(f"/images/{image.pk}/edit", sent | seen)

    told = [(one.label, one.mine, one.theirs) for one in page.context["conflicts"]]
    assert page.status_code == 409
    assert told == [("Minimal RAM, MB", "1024", "512"), ("a", "mine", "theirs")]
    assert (Image.objects.get().name, properties(image)["a"]) == ("old", "theirs")


def test_saving_again_puts_mine_in_place(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="old", properties={"a": "1", "b": "2"})
    seen = look(at_lab, image)
    meanwhile(image, owner, Change(Op.SET, "name", "theirs"), Change(Op.SET, "b", "theirs"))
    sent = edited(image, ("a", "1"), ("b", "mine"), ("c", "new"), name="mine")
    page = at_lab.post(f"/images/{image.pk}/edit", sent | seen)

    answer = at_lab.post(f"/images/{image.pk}/edit", sent_again(page))

    assert answer.status_code == 302
    assert Image.objects.get().name == "mine"
    assert properties(image) == {"a": "1", "b": "mine", "c": "new"}


def test_theirs_may_be_kept(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(name="old", properties={"a": "1"})
    seen = look(at_lab, image)
    meanwhile(image, owner, Change(Op.SET, "name", "theirs"), Change(Op.SET, "a", "theirs"))
    page = at_lab.post(
        f"/images/{image.pk}/edit", edited(image, ("a", "mine"), name="mine", min_ram="7") | seen
    )

    at_lab.post(f"/images/{image.pk}/edit", sent_again(page) | {"theirs": ["name", "a"]})

    now = Image.objects.get()
    assert (now.name, now.min_ram, properties(image)) == ("theirs", 7, {"a": "theirs"})


def test_a_removed_property_that_another_changed_is_a_conflict(
    at_lab: Client, make_active: Callable[..., Image], owner: Actor
) -> None:
    image = make_active(properties={"a": "1", "b": "2"})
    seen = look(at_lab, image)
    meanwhile(image, owner, Change(Op.SET, "a", "theirs"), Change(Op.REMOVE, "b"))
    sent = edited(image, ("a", "1"), ("b", "2")) | seen | {"properties-INITIAL_FORMS": "2"}
    page = at_lab.post(
        f"/images/{image.pk}/edit",
        sent | {"properties-0-DELETE": "on", "properties-1-DELETE": "on"},
    )
    there = properties(image)

    at_lab.post(f"/images/{image.pk}/edit", sent_again(page))

    assert [(one.name, one.mine, one.theirs) for one in page.context["conflicts"]] == [
        ("a", "–", "theirs")
    ]
    assert (there, properties(image)) == ({"a": "theirs"}, {})


@pytest.mark.parametrize("seen", ["nonsense", "[]", "[1,2]", "[[],{}]", "{}", "[" * 5000])
def test_a_form_that_carries_nonsense_is_taken_as_fresh(
    at_lab: Client, make_active: Callable[..., Image], seen: str
) -> None:
    image = make_active(name="old")

    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, name="new") | {"seen": seen})

    assert answer.status_code in {302, 409}


def test_a_change_between_look_and_lock_is_refused(
    at_lab: Client, make_active: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_active(name="old")

    def late(image: Image, *args: Any, **kwargs: Any) -> Image:
        Image.objects.filter(pk=image.pk).update(updated_at="2001-01-01T00:00Z")
        return update_image(image, *args, **kwargs)

    monkeypatch.setattr("portal.views.changes.update_image", late)
    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, name="new"))

    assert answer.status_code == 409
    assert "save once more" in answer.text
    assert Image.objects.get().name == "old"


def test_a_value_must_fit_its_definition(
    at_lab: Client, make_active: Callable[..., Image], admin: Actor
) -> None:
    define(admin, "Hardware", properties={"disk_bus": DISK, "cores": CORES})
    image = make_active(properties={"disk_bus": "odd"})

    refused = at_lab.post(
        f"/images/{image.pk}/edit", edited(image, ("disk_bus", "odd"), ("cores", "100"))
    )
    at_lab.post(f"/images/{image.pk}/edit", edited(image, ("disk_bus", "odd"), ("cores", "8")))

    assert refused.status_code == 400
    assert "a whole number, at least 1, at most 64" in refused.text
    assert properties(image) == {"disk_bus": "odd", "cores": "8"}


def test_choices_are_offered_and_what_is_there_stays(
    at_lab: Client, make_active: Callable[..., Image], admin: Actor
) -> None:
    define(admin, "Hardware", properties={"disk_bus": DISK | {"description": "How it is wired."}})
    image = make_active(properties={"disk_bus": "odd"})

    page = at_lab.get(f"/images/{image.pk}/edit")

    [row] = [row for row in page.context["properties"] if row.was]
    assert [value for value, _ in row.fields["value"].widget.choices] == ["odd", "virtio", "scsi"]
    assert "How it is wired." in page.text
    assert '<option value="disk_bus" label="Disk bus">' in page.text


def test_locked_properties_are_shown_and_cannot_be_written(
    at_lab: Client, make_active: Callable[..., Image], protect: Protect
) -> None:
    image = make_active(properties={"kept": "1", "free": "2"})
    Property.objects.create(image=image, name="os_glance_x", value="3")
    protect("[^kept$]\nread = @\n[.]\ncreate = @\nread = @\nupdate = @\ndelete = @\n")

    page = at_lab.get(f"/images/{image.pk}/edit")
    events = Event.objects.count()
    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, ("free", "2"), ("kept", "9")))

    assert [one.name for one in page.context["editing"].locked] == ["kept", "os_glance_x"]
    assert [row.was for row in page.context["properties"] if row.was] == ["free"]
    assert answer.status_code == 403
    assert Event.objects.count() == events


def test_what_no_box_can_hold_is_kept_while_nobody_touches_it(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    tags = [" lead", ",", "a,b", "c\nd"]
    values = {" n\no ": "1", "cr": "a\r\nb\rc", "v": " v "}
    image = make_active(name=" two\nlines\u00a0", tags=tags, properties=values)
    sent = sent_again(at_lab.get(f"/images/{image.pk}/edit"))
    names = {at: one.replace("\n", "") for at, one in sent.items() if str(at).endswith("name")}

    at_lab.post(f"/images/{image.pk}/edit", sent | names | {"min_ram": "512"})

    now = Image.objects.get()
    assert (now.name, now.min_ram, now.tag_names) == (" two\nlines\u00a0", 512, tags)
    assert properties(image) == values


@pytest.mark.parametrize("name", [None, "", "  "])
def test_an_image_without_a_name_may_stay_so(
    at_lab: Client, make_active: Callable[..., Image], name: str | None
) -> None:
    image = make_active(name=name)
    sent = edited(image, name="") | look(at_lab, image)

    answer = at_lab.post(f"/images/{image.pk}/edit", sent | {"min_ram": "512"})

    now = Image.objects.get()
    assert (answer.status_code, now.name, now.min_ram) == (302, name, 512)


def test_a_name_is_not_taken_away(at_lab: Client, make_active: Callable[..., Image]) -> None:
    image = make_active(name="disk")

    answer = at_lab.post(f"/images/{image.pk}/edit", edited(image, name="") | look(at_lab, image))

    assert (answer.status_code, Image.objects.get().name) == (400, "disk")
    assert "This field is required." in answer.text


def test_a_property_whose_name_is_only_space_is_kept_changed_and_removed(
    at_lab: Client, make_active: Callable[..., Image]
) -> None:
    image = make_active(name="disk", properties={" ": "1", "\u3000": "2"})
    address = f"/images/{image.pk}/edit"

    at_lab.post(address, edited(image, (" ", "one"), ("\u3000", "2")) | look(at_lab, image))
    assert properties(image) == {" ": "one", "\u3000": "2"}
    sent = edited(image, (" ", "one"), ("\u3000", "2")) | {"properties-0-DELETE": "on"}
    at_lab.post(address, sent | look(at_lab, image))

    assert properties(image) == {"\u3000": "2"}
