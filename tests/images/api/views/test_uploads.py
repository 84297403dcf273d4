"""What the rows of the contract do not try of uploads in pieces."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from images.api.tus import PIECE
from images.models import Image
from portal.identity.models import Membership, Project, User
from tests.conftest import PROJECT, MakeImage
from tests.images.api.door import Door
from tests.images.api.uploading import BYTES, ask, metadata, opened

pytestmark = pytest.mark.django_db
BACKEND = "portal.identity.backends.PeopleBackend"


def test_options_tell_what_is_served(owner_door: Door, settings: Any) -> None:
    answer = ask(owner_door, "OPTIONS", "/uploads")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(settings.IMAGE_SIZE_CAP)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,md5,sha256,sha512"
    assert answer.headers["Tus-Extension"] == (
        "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination,"
        "concatenation"
    )


def test_piece_may_come_in_chunks(make_image: MakeImage, owner_door: Door) -> None:
    image = make_image()
    path = opened(owner_door, image)
    chunked: Any = {
        "HTTP_UPLOAD_OFFSET": "0",
        "HTTP_TUS_RESUMABLE": "1.0.0",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "wsgi.input": BytesIO(BYTES),
        "wsgi.input_terminated": True,
    }

    answer = owner_door.generic("PATCH", path, content_type=PIECE, **chunked)

    assert answer.status_code == 204
    assert Image.objects.get(pk=image.pk).checksum == hashlib.md5(BYTES).hexdigest()


def test_checked_piece_needs_its_length(make_image: MakeImage, owner_door: Door) -> None:
    path = opened(owner_door, make_image())
    chunked: Any = {"Transfer_Encoding": "chunked", "Upload_Checksum": "sha1 AAAA"}

    answer = ask(owner_door, "PATCH", path, BYTES, Upload_Offset=0, **chunked)

    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_other_methods_are_told(owner_door: Door, method: str) -> None:
    answer = owner_door.generic(method, "/uploads")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.fixture
def page() -> Client:
    """Return a browser in which somebody of the project is signed in, which checks its token."""
    user = User.objects.create(username="somebody", default_project_id=PROJECT)
    group = Group.objects.create(name=PROJECT)
    project = Project.objects.create(pk=PROJECT, name="lab", group=group)
    Membership.objects.create(user=user, project=project, role="member")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize(("with_token", "status"), [(True, 201), (False, 403)])
def test_pages_need_their_token_in_a_header(page: Client, status: int, *, with_token: bool) -> None:
    page.get("/images/new")
    token = page.cookies["csrf"].value if "csrf" in page.cookies else ""
    given: Any = {
        "HTTP_UPLOAD_LENGTH": "10",
        "HTTP_TUS_RESUMABLE": "1.0.0",
        "HTTP_UPLOAD_METADATA": metadata(disk_format="raw"),
        "HTTP_X_CSRFTOKEN": token if with_token else "",
    }

    answer = page.generic("POST", "/uploads", content_type=PIECE, **given)

    assert answer.status_code == status, answer.content
