from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from images.actors import NOBODY, Actor
from images.errors import BadValue, Forbidden, ImageError, NotVisible, OverLimit, WrongState
from images.lifecycle import links
from images.lifecycle.images import deactivate_image, delete_image
from images.lifecycle.links import (
    NewLink,
    clear_links,
    count_use,
    demand_worth,
    find_link,
    links_of,
    make_link,
    open_link,
    restore_link,
    revoke_link,
)
from images.models import Event, Image, Link, LinkUse
from portal.identity.models import User
from tests.conftest import PROJECT, actor
from tests.images.kept import kinds

HOME, AWAY = replace(NOBODY, address="192.0.2.1"), replace(NOBODY, address="192.0.2.2")


@pytest.fixture
def maker(db: None) -> Actor:
    """Somebody of the owner's project who has an account."""
    user = User.objects.create(username="maker")
    return actor(PROJECT, "member", user=user.public_id, user_key=user.pk)


@pytest.fixture
def image(make_active: Callable[..., Image]) -> Image:
    return make_active(b"bytes of a disk", visibility="private")


def uses(link: Link) -> int:
    return Link.objects.get(pk=link.pk).uses


def test_a_link_opens_the_data_as_its_maker_would(image: Image, maker: Actor) -> None:
    secret, _ = make_link(image, NewLink(), actor=maker)

    with open_link(find_link(secret), maker=maker) as reader:
        assert b"".join(reader.chunks(0, 15)) == b"bytes of a disk"


def test_only_a_digest_of_256_random_bits_is_kept(image: Image, maker: Actor) -> None:
    secrets = {make_link(image, NewLink(), actor=maker)[0] for _ in range(2)}

    kept = str([*Link.objects.values()]) + str([*Event.objects.values()])
    assert [len(secret) for secret in secrets] == [46, 46]
    assert [secret in kept for secret in secrets] == [False, False]


def test_a_link_lasts_a_week_unless_it_is_told_otherwise(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(), actor=maker)

    assert timedelta(days=7) - (link.expires_at - link.created_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("days", "uses"), [(-1, None), (0, None), (91, None), (1, 0), (1, -1), (1, 1_000_001)]
)
def test_what_no_link_can_be_is_refused(
    image: Image, maker: Actor, days: int, uses: int | None
) -> None:
    wanted = NewLink(expires_at=timezone.now() + timedelta(days=days), max_uses=uses)

    with pytest.raises(BadValue):
        make_link(image, wanted, actor=maker)


@pytest.mark.parametrize("role", ["reader", "member"])
def test_who_may_not_share_and_download_makes_none(image: Image, maker: Actor, role: str) -> None:
    there = "3" * 32 if role == "member" else PROJECT
    who = replace(maker, project=there, roles=frozenset({"reader", role}))

    with pytest.raises((Forbidden, NotVisible)):
        make_link(image, NewLink(), actor=who)
    assert kinds("image.link") == []


def test_an_image_without_data_has_no_link(make_image: Callable[..., Image], maker: Actor) -> None:
    with pytest.raises(WrongState):
        make_link(make_image(), NewLink(), actor=maker)


def test_links_of_one_image_are_bounded(
    image: Image, maker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 1)
    make_link(image, NewLink(), actor=maker)

    with pytest.raises(OverLimit):
        make_link(image, NewLink(), actor=maker)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text[:-1] + "!", str.upper]
)
def test_a_changed_secret_opens_nothing(
    image: Image, maker: Actor, change: Callable[[str], str]
) -> None:
    secret, _ = make_link(image, NewLink(), actor=maker)

    with pytest.raises(NotVisible):
        find_link(change(secret))


def expire(link: Link, maker: Actor) -> None:
    Link.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def deactivate(link: Link, maker: Actor) -> None:
    deactivate_image(link.image, actor=maker)


def delete(link: Link, maker: Actor) -> None:
    delete_image(link.image, actor=maker)


def revoke(link: Link, maker: Actor) -> None:
    revoke_link(link, actor=maker)


@pytest.mark.parametrize("end", [expire, deactivate, delete, revoke])
def test_a_link_is_dead_when_it_is_over_or_its_image_is(
    image: Image, maker: Actor, end: Callable[[Link, Actor], None]
) -> None:
    secret, link = make_link(image, NewLink(), actor=maker)

    end(link, maker)

    with pytest.raises(NotVisible):
        find_link(secret)
    with pytest.raises(NotVisible):
        count_use(link, visitor=HOME, resumes=False)


def test_links_can_be_switched_off(image: Image, maker: Actor, settings: Any) -> None:
    secret, _ = make_link(image, NewLink(), actor=maker)
    settings.LINK_DAYS_MAX = 0

    with pytest.raises(NotVisible):
        find_link(secret)
    with pytest.raises(Forbidden):
        make_link(image, NewLink(), actor=maker)


@pytest.mark.parametrize("roles", [None, (), ("reader",)])
def test_a_link_is_worth_no_more_than_its_maker(
    image: Image, maker: Actor, roles: tuple[str, ...] | None
) -> None:
    secret, _ = make_link(image, NewLink(), actor=maker)
    now = None if roles is None else replace(maker, roles=frozenset(roles))

    with pytest.raises(NotVisible):
        demand_worth(find_link(secret), maker=now)
    with pytest.raises(NotVisible):
        open_link(find_link(secret), maker=now)


def test_uses_are_counted_to_the_last_and_no_further(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(max_uses=2), actor=maker)

    for visitor in (HOME, HOME):
        count_use(link, visitor=visitor, resumes=False)

    with pytest.raises(NotVisible):
        count_use(link, visitor=HOME, resumes=False)
    assert uses(link) == 2
    assert kinds("image.link") == [
        "image.link.create",
        "image.link.use",
        "image.link.use",
    ]
    assert LinkUse.objects.count() == 1


def test_going_on_from_the_same_address_is_the_same_use(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(max_uses=1), actor=maker)
    count_use(link, visitor=HOME, resumes=False)

    count_use(link, visitor=HOME, resumes=True)

    with pytest.raises(NotVisible):
        count_use(link, visitor=AWAY, resumes=True)
    assert uses(link) == 1


def test_going_on_much_later_is_another_use(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(), actor=maker)
    count_use(link, visitor=HOME, resumes=False)
    LinkUse.objects.update(started_at=timezone.now() - links.RESUMABLE)

    count_use(link, visitor=HOME, resumes=True)

    assert uses(link) == 2


def test_a_use_tells_from_where_and_by_which_link(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(note="for bert"), actor=maker)

    count_use(link, visitor=replace(HOME, request_id="req-1"), resumes=False)

    event = Event.objects.get(kind="image.link.use")
    assert (event.image_id, event.user, event.address) == (image.pk, "", "192.0.2.1")
    assert event.request_id == "req-1"
    assert event.payload["link"]["id"] == str(link.pk)
    assert event.payload["link"]["made_by"] == maker.user


def test_a_revocation_can_be_taken_back_for_an_hour(image: Image, maker: Actor) -> None:
    secret, link = make_link(image, NewLink(), actor=maker)
    revoke_link(link, actor=maker)
    revoke_link(link, actor=maker)

    restore_link(link, actor=maker)

    assert find_link(secret) == link
    assert kinds("image.link") == [
        "image.link.create",
        "image.link.revoke",
        "image.link.restore",
    ]


def test_an_old_revocation_stays(image: Image, maker: Actor) -> None:
    _, link = make_link(image, NewLink(), actor=maker)
    Link.objects.update(revoked_at=timezone.now() - timedelta(hours=1))

    with pytest.raises(WrongState):
        restore_link(link, actor=maker)


@pytest.mark.parametrize("act", [revoke_link, restore_link])
def test_who_may_not_share_changes_no_link(
    image: Image, maker: Actor, reader: Actor, stranger: Actor, act: Callable[..., None]
) -> None:
    _, link = make_link(image, NewLink(), actor=maker)

    for who in (reader, stranger):
        with pytest.raises(ImageError):
            act(link, actor=who)
        with pytest.raises(ImageError):
            links_of(image, actor=who)
    assert Link.objects.get().revoked_at is None


def test_links_are_cleared_when_they_have_been_over_for_a_month(image: Image, maker: Actor) -> None:
    now = timezone.now()
    for age in (29, 31):
        _, link = make_link(image, NewLink(), actor=maker)
        Link.objects.filter(pk=link.pk).update(expires_at=now - timedelta(days=age))
    make_link(image, NewLink(), actor=maker)

    assert clear_links() == 1
    assert Link.objects.count() == 2
