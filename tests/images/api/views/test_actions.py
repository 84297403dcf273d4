from __future__ import annotations

import pytest

from images.models import Image
from tests.conftest import OTHER, MakeImage
from tests.images.api.door import Door

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "act", "after"),
    [
        ("active", "deactivate", "deactivated"),
        ("deactivated", "deactivate", "deactivated"),
        ("deactivated", "reactivate", "active"),
        ("active", "reactivate", "active"),
    ],
)
def test_image_is_switched(
    make_active: MakeImage, owner_door: Door, status: str, act: str, after: str
) -> None:
    image = make_active()
    Image.objects.update(status=status)

    answer = owner_door.send("POST", f"/images/{image.pk}/actions/{act}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert Image.objects.get(pk=image.pk).status == after


@pytest.mark.parametrize("act", ["deactivate", "reactivate"])
def test_image_without_data_is_not_switched(
    make_image: MakeImage, owner_door: Door, act: str
) -> None:
    assert owner_door.send("POST", f"/images/{make_image().pk}/actions/{act}").status_code == 403


@pytest.mark.parametrize("act", ["deactivate", "reactivate"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("reader_door", 403), ("member_door", 403), ("stranger_door", 404), ("admin_door", 204)],
)
def test_switch_is_the_owners(
    request: pytest.FixtureRequest, make_active: MakeImage, who: str, act: str, status: int
) -> None:
    image = make_active()
    image.members.create(project=OTHER)

    answer = request.getfixturevalue(who).send("POST", f"/images/{image.pk}/actions/{act}")

    assert answer.status_code == status


def test_deactivated_image_is_shut_only_for_its_bytes(
    make_active: MakeImage, owner_door: Door
) -> None:
    image = make_active()
    Image.objects.update(status="deactivated")
    path = f"/images/{image.pk}"

    operation = {"op": "add", "path": "/k", "value": "v"}
    assert owner_door.change(image, operation).status_code == 200
    assert owner_door.send("PUT", f"{path}/tags/a").status_code == 204
    assert owner_door.send("POST", f"{path}/members", {"member": OTHER}).status_code == 200
    assert len(owner_door.send("GET", "/images").json()["images"]) == 1
    assert owner_door.download(image).status_code == 403
    assert owner_door.send("DELETE", path).status_code == 204
