"""What the upload page says when a limit would be passed, and when."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from portal.identity.models import User
from quotas.account import Origin
from quotas.limits import set_limit
from quotas.models import Resource
from quotas.parts import set_part_limit
from tests.conftest import PROJECT
from tests.portal.views.test_uploads import CONTENT, send_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from images.models import Image


def test_over_quota_is_refused_before_a_byte(
    at_lab: Client, make_image: Callable[..., Image]
) -> None:
    kind = "multipart/form-data; boundary=x"
    image, body = make_image(), io.BytesIO(CONTENT)
    set_limit(PROJECT, Resource.IMAGE_SIZE_TOTAL, 1000)
    address = f"/images/{image.pk}/upload?size={len(CONTENT)}"

    stream: dict[str, Any] = {"wsgi.input": body}
    answer = at_lab.generic("POST", address, b"x", kind, **stream)

    assert (answer.status_code, body.tell()) == (413, 0)
    assert "10.0 MiB needed, 1000 B left" in answer.text
    assert "Only the cloud’s administrators can raise it." in answer.text


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (Origin(store="memory"), "The project’s limit in this store is 5 B"),
        (Origin(user="u"), "This user’s limit in the project is 5 B"),
    ],
)
def test_refusal_says_whose_limit_it_is(
    at_lab: Client, make_image: Callable[..., Image], origin: Origin, words: str
) -> None:
    user = origin.user and User.objects.get().public_id
    set_part_limit(PROJECT, Origin(origin.store, user), 5)

    answer = send_form(at_lab, f"/images/{make_image().pk}/upload?size=6", b"123456")

    assert answer.status_code == 413
    assert words in answer.text
