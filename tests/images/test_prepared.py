from __future__ import annotations

from django.db.models import UUIDField
from pytest_django import DjangoAssertNumQueries

from images.models import Image
from images.prepared import Prepared, Slot
from tests.conftest import MakeImage


def test_question_is_asked_again_with_other_values(
    make_image: MakeImage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, other = make_image(name="one", tags=["a"]), make_image(name="other")
    question = Prepared(Image.objects.with_parts().filter(pk=Slot("pk", UUIDField())))

    with django_assert_num_queries(2):
        found = [question.ask(pk=image.pk)[0] for image in (one, other)]

    assert [(image.name, image.tag_names) for image in found] == [("one", ["a"]), ("other", [])]


def test_question_keeps_no_answer(make_image: MakeImage) -> None:
    image = make_image(name="before")
    question = Prepared(Image.objects.filter(owner=Slot("owner")))
    assert [found.name for found in question.ask(owner=image.owner)] == ["before"]

    Image.objects.filter(pk=image.pk).update(name="after")

    assert [found.name for found in question.ask(owner=image.owner)] == ["after"]
    assert question.ask(owner=None) == question.ask(owner="' OR 1=1 --") == []


def test_question_that_nothing_can_answer_is_not_asked(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert Prepared(Image.objects.none()).ask() == []
