from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from images.lifecycle.images import deactivate_image
from images.models import Event, Link
from portal.identity.models import Membership, User
from stores.errors import StoreDown
from tests.conftest import OTHER, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from images.actors import Actor
    from images.models import Image

CONTENT = b"bytes of a disk"
ADDRESS = re.compile(r"http://[^/]+(/links/vd_[\w-]{43})(?=&|<|\")")
REQUEST = re.compile(r"req-[-0-9a-f]{36}")


@pytest.fixture
def image(make_active: Callable[..., Image]) -> Image:
    return make_active(CONTENT, name="debian", visibility="private")


@pytest.fixture
def give(at_lab: Client, image: Image) -> Callable[..., str]:
    """Return who makes a link on the page and gives its path away."""

    def make(**fields: Any) -> str:
        page = at_lab.post(f"/images/{image.pk}/links", {"days": 7} | fields)
        found = ADDRESS.search(page.text)
        assert found, page.text
        return found[1]

    return make


def test_somebody_without_an_account_sees_and_downloads(
    client: Client, give: Callable[..., str], image: Image
) -> None:
    path = give(max_uses=2)

    page = client.get(path)
    answer = client.get(f"{path}/file")

    assert page.status_code == 200
    assert [word in page.text for word in ("debian", "raw", str(image.os_hash_value))] == [True] * 3
    assert answer.getvalue() == CONTENT
    assert answer["Content-Disposition"] == 'attachment; filename="debian.raw"'
    assert Link.objects.get().uses == 1


@pytest.mark.parametrize("end", ["", "/file"])
def test_nothing_keeps_or_tells_the_address(
    client: Client, give: Callable[..., str], end: str
) -> None:
    answer = client.get(give() + end)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.cookies == {}
    assert ("sandbox" in answer["Content-Security-Policy"]) == (end == "/file")


def test_a_part_from_the_middle_is_the_same_download(
    client: Client, give: Callable[..., str]
) -> None:
    path = give(max_uses=1)
    first = client.get(f"{path}/file", headers={"Range": "bytes=0-5"})
    rest = {"Range": "bytes=6-", "If-Range": first["ETag"]}

    answer = client.get(f"{path}/file", headers=rest)
    elsewhere = client.get(f"{path}/file", headers=rest, REMOTE_ADDR="192.0.2.7")

    assert (answer.status_code, answer.getvalue()) == (206, CONTENT[6:])
    assert elsewhere.status_code == 403
    assert client.get(f"{path}/file").status_code == 403
    assert client.get(path).status_code == 403


def test_other_data_are_sent_whole(client: Client, give: Callable[..., str]) -> None:
    headers = {"Range": "bytes=6-", "If-Range": '"other"'}

    answer = client.get(f"{give()}/file", headers=headers)

    assert (answer.status_code, answer.getvalue()) == (200, CONTENT)


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("head", {}, 200), ("get", {"Range": "bytes=99-"}, 416), ("post", {}, 405), ("put", {}, 405)],
)
def test_what_sends_no_bytes_is_no_use(
    client: Client, give: Callable[..., str], method: str, headers: dict[str, str], status: int
) -> None:
    answer = getattr(client, method)(f"{give(max_uses=1)}/file", headers=headers)

    assert answer.status_code == status
    assert Link.objects.get().uses == 0


def test_refused_range_tells_how_many_bytes_there_are(
    client: Client, give: Callable[..., str]
) -> None:
    answer = client.get(f"{give()}/file", headers={"Range": "bytes=99-"})

    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


def revoke(link: Link, image: Image, maker: User) -> None:
    Link.objects.update(revoked_at=link.created_at)


def expire(link: Link, image: Image, maker: User) -> None:
    Link.objects.update(expires_at=link.created_at)


def use_up(link: Link, image: Image, maker: User) -> None:
    Link.objects.update(max_uses=1, uses=1)


def suspend(link: Link, image: Image, maker: User) -> None:
    User.objects.filter(pk=maker.pk).update(is_active=False)


def leave(link: Link, image: Image, maker: User) -> None:
    Membership.objects.filter(user=maker).delete()


def demote(link: Link, image: Image, maker: User) -> None:
    Membership.objects.filter(user=maker).update(role="reader")


def close(link: Link, image: Image, maker: User) -> None:
    maker.memberships.get().project.__class__.objects.filter(pk=PROJECT).update(enabled=False)


def move(link: Link, image: Image, maker: User) -> None:
    image.__class__.objects.filter(pk=image.pk).update(owner=OTHER)


@pytest.mark.parametrize("end", [revoke, expire, use_up, suspend, leave, demote, close, move])
def test_every_dead_link_gets_the_same_answer_as_a_wrong_one(
    client: Client, give: Callable[..., str], image: Image, end: Callable[..., None]
) -> None:
    path = give()
    link = Link.objects.get()
    end(link, image, link.user)

    answers = [client.get(at + part) for at in (path, path[:-3] + "AAA") for part in ("", "/file")]

    told = {REQUEST.sub("", answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [403] * 4
    assert len(told) == 1
    assert "debian" not in told.pop()


def test_a_deactivated_image_is_not_given_even_by_an_administrator(
    client: Client, administrator: Client, image: Image, admin: Actor
) -> None:
    page = administrator.post(f"/images/{image.pk}/links", {"days": 1})
    path = ADDRESS.search(page.text)
    deactivate_image(image, actor=admin)

    assert path is not None
    assert client.get(f"{path[1]}/file").status_code == 403


def test_a_link_opens_nothing_else(client: Client, give: Callable[..., str], image: Image) -> None:
    path = give()
    client.get(path)

    asked = [f"/images/{image.pk}", f"/images/{image.pk}/download", f"/v2/images/{image.pk}/file"]
    asked += [f"{path}/", f"{path}/edit", f"{path}/file/", f"/api/images/{image.pk}/links"]

    assert [client.get(one).status_code for one in asked] == [302, 302, 401, 404, 404, 404, 401]


def test_no_log_line_holds_the_secret(
    client: Client,
    give: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = give()
    monkeypatch.setattr("portal.sharing.links.open_link", fail)

    answers = [client.get(at) for at in (f"{path}/file", f"{path}/no")]

    assert [answer.status_code for answer in answers] == [503, 404]
    kept = caplog.text + str([*Event.objects.values()])
    assert path.removeprefix("/links/") not in kept


def fail(*_: Any, **__: Any) -> None:
    raise StoreDown("The store does not answer.")


def test_links_are_listed_revoked_and_restored(
    at_lab: Client, client: Client, give: Callable[..., str], image: Image
) -> None:
    path = give(note="for bert")
    link = Link.objects.get()

    shown = [at_lab.get(f"/images/{image.pk}/{page}").text for page in ("share", "links")]
    at_lab.post(f"/images/{image.pk}/links/{link.pk}/revoke")
    dead = client.get(path).status_code
    at_lab.post(f"/images/{image.pk}/links/{link.pk}/restore")

    assert ["for bert" in text for text in shown] == [True, True]
    assert [path in text for text in shown] == [False, False]
    assert (dead, client.get(path).status_code) == (403, 200)


NONSENSE = [{"days": 91}, {"days": ""}, {"max_uses": 0}, {"note": "x" * 256}]


@pytest.mark.parametrize("fields", NONSENSE)
def test_nonsense_is_refused_beside_the_field(
    at_lab: Client, image: Image, fields: dict[str, Any]
) -> None:
    answer = at_lab.post(f"/images/{image.pk}/links", {"days": 7} | fields)

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == list(fields)
    assert Link.objects.count() == 0


def test_readers_and_strangers_make_no_links(
    at_lab_reader: Client, at_shop: Client, give: Callable[..., str], image: Image
) -> None:
    give()
    address = f"/images/{image.pk}/links"
    acts = [address, f"{address}/{Link.objects.get().pk}/revoke"]

    answers = [[who.post(act).status_code for act in acts] for who in (at_lab_reader, at_shop)]

    assert answers == [[403, 403], [404, 404]]
    assert Link.objects.get().revoked_at is None


def test_the_admin_shows_and_revokes(
    administrator: Client, client: Client, give: Callable[..., str]
) -> None:
    path = give(note="for bert")
    link = Link.objects.get()
    chosen = {"action": "revoke", "_selected_action": [str(link.pk)]}

    page = administrator.get("/admin/images/link/?q=bert")
    row = administrator.get(f"/admin/images/link/{link.pk}/change/")
    administrator.post("/admin/images/link/", chosen)

    assert ("for bert" in page.text, link.secret_hash in row.text) == (True, False)
    assert client.get(path).status_code == 403
