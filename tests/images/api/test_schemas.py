from __future__ import annotations

import pytest
from jsonschema import Draft4Validator

from images.actors import Actor
from images.api.fields import BASE, EXTRAS
from images.api.representation import show_image, show_member
from images.api.schemas import DOCUMENTS
from images.lifecycle.changes import BASE_FIELDS, READ_ONLY
from images.models import Member
from tests.conftest import MakeImage


def test_image_schema_holds_every_field_of_the_image() -> None:
    image = DOCUMENTS["image"]

    assert image["properties"].keys() == BASE_FIELDS | READ_ONLY | {"tags"} | EXTRAS.keys()
    assert image["additionalProperties"] == {"type": "string"}
    assert [link["rel"] for link in image["links"]] == ["self", "enclosure", "describedby"]


def test_read_only_fields_say_so() -> None:
    marked = {name for name, field in BASE.items() if field.get("readOnly")}

    assert marked == READ_ONLY - {"id", "locations"}


def test_extras_are_marked_as_no_part_of_the_base() -> None:
    assert {field["is_base"] for field in EXTRAS.values()} == {False}


@pytest.mark.parametrize("name", ["images", "members"])
def test_collection_holds_its_items_and_their_schema(name: str) -> None:
    document = DOCUMENTS[name]

    assert document["properties"][name]["items"] == DOCUMENTS[name[:-1]]
    assert "additionalProperties" not in document


def test_pages_of_images_have_links() -> None:
    links = [(link["rel"], link["href"]) for link in DOCUMENTS["images"]["links"]]

    assert links == [("first", "{first}"), ("next", "{next}"), ("describedby", "{schema}")]


@pytest.mark.parametrize("document", DOCUMENTS.values())
def test_document_is_a_schema(document: dict[str, object]) -> None:
    Draft4Validator.check_schema(document)


def test_what_is_shown_fits_its_schema(make_active: MakeImage, owner: Actor) -> None:
    image = make_active(tags=["a"], properties={"k": "v", "os_distro": "debian"}, name="x")
    member = Member.objects.create(image=image, project="p")

    Draft4Validator(DOCUMENTS["image"]).validate(show_image(image, owner))
    Draft4Validator(DOCUMENTS["member"]).validate(show_member(member))
