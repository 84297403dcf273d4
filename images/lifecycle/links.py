"""The acts of download links: make, use, revoke, and clear what is long over.

A link has a secret of 256 random bits, so neither salt nor stretching is needed, nor can it be
guessed. It is worth no more than its maker: whoever uses it reads as its maker would now.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from images.actors import Actor
from images.errors import BadValue, Forbidden, NotVisible, OverLimit, WrongState
from images.events import record
from images.lifecycle.images import lock
from images.lifecycle.reading import open_data
from images.lifecycle.transactions import release_connection, retried
from images.models import Image, Link, LinkUse
from images.models.link import REGRET
from images.permissions import may, permit
from images.states import Status
from stores.base import Reader

SECRET = re.compile(r"vd_[A-Za-z0-9_-]{43}", re.ASCII)
SECRET_BYTES = 32
VISIBLE = 8  # characters of a secret that are kept, to know it by
DEFAULT_DAYS = 7
MOST_USES = 1_000_000
MOST_NOTE = 255  # characters
MOST_LINKS = 128  # of one image that are not over
RESUMABLE = timedelta(hours=24)
"""How long a download may be gone on with, from the address that began it, as the same use."""
KEPT = timedelta(days=30)
"""How long a link that is over is still shown."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """What a link shall be: for whom, until when (the default, if None), for how many uses."""

    note: str = ""
    expires_at: datetime | None = None
    max_uses: int | None = None


@retried
@transaction.atomic
def make_link(image: Image, wanted: NewLink, *, actor: Actor) -> tuple[str, Link]:
    """Return the secret of a new link to the data of *image*, which is not kept, and the link.

    Raises `Forbidden`, `WrongState` for an image without data, `BadValue`, `OverLimit`.
    """
    image = lock(image)
    permit(actor, "share", image)
    permit(actor, "download", image)
    if actor.user_key is None or actor.project is None:
        raise Forbidden("A link belongs to a user of this service, who acts in a project.")
    if image.status != Status.ACTIVE:
        raise WrongState("Only an active image has data that a link could lead to.")
    expires_at = _checked(wanted)
    if image.links.live().unused().count() >= MOST_LINKS:
        raise OverLimit(f"An image has {MOST_LINKS} links at most that are not over.")
    secret = f"vd_{secrets.token_urlsafe(SECRET_BYTES)}"
    link = Link.objects.create(
        image=image,
        user_id=actor.user_key,
        project=actor.project,
        note=wanted.note,
        secret_hash=digest(secret),
        secret_prefix=secret[:VISIBLE],
        max_uses=wanted.max_uses,
        expires_at=expires_at,
    )
    _record("image.link.create", link, actor)
    return secret, link


def _checked(wanted: NewLink) -> datetime:
    """Return when the link ends; raise `BadValue` for what no link can be."""
    now, most = timezone.now(), settings.LINK_DAYS_MAX
    if not most:
        raise Forbidden("Download links are switched off on this server.")
    default = now + timedelta(days=min(DEFAULT_DAYS, most))
    expires_at = wanted.expires_at or default
    if not now < expires_at <= now + timedelta(days=most):
        raise BadValue(f"A link expires in the future, and in {most} days at the latest.")
    if wanted.max_uses is not None and not 1 <= wanted.max_uses <= MOST_USES:
        raise BadValue(f"A link is for 1 to {MOST_USES} downloads.")
    if len(wanted.note) > MOST_NOTE:
        raise BadValue(f"A note has {MOST_NOTE} characters at most.")
    return expires_at


def links_of(image: Image, *, actor: Actor) -> QuerySet[Link]:
    """Return the links to *image*, the newest first, for who may share it."""
    permit(actor, "share", image)
    return image.links.select_related("user").order_by("-created_at", "pk")


def find_link(secret: str) -> Link:
    """Return the link that *secret* opens, with its image and its maker, or raise `NotVisible`.

    One that is used up is found, since a download may have to go on; nothing is counted.
    """
    if SECRET.fullmatch(secret):
        hashed = digest(secret)
        for link in Link.objects.live().filter(secret_hash=hashed).select_related("image", "user"):
            if constant_time_compare(link.secret_hash, hashed):
                return link
    raise _dead()


def demand_worth(link: Link, *, maker: Actor | None) -> None:
    """Raise `NotVisible` unless *maker*, as the maker of *link* stands now, may still do it all.

    None is a maker who was suspended, or has left the project.
    """
    image = link.image
    if maker is None or not (may(maker, "share", image) and may(maker, "download", image)):
        raise _dead()


def open_link(link: Link, *, maker: Actor | None) -> Reader:
    """Open the data of *link* as its *maker* would; `count_use` comes before the first byte.

    Raises `NotVisible`, `DataLost`, `StoreDown`.
    """
    demand_worth(link, maker=maker)
    assert maker is not None  # noqa: S101 -- for the type checker
    if reader := open_data(link.image, actor=maker):
        return reader
    raise _dead()


def count_use(link: Link, *, visitor: Actor, resumes: bool) -> None:
    """Take one of the uses of *link* in one step, or raise `NotVisible` when there is none left.

    A part from the middle *resumes* a download: the address that began one within `RESUMABLE` gets
    the rest of it as the same use, and no other address does.
    """
    if not resumes or not _may_resume(link, visitor.address):
        _take_use(link, visitor)
    release_connection()


def _may_resume(link: Link, address: str) -> bool:
    border = timezone.now() - RESUMABLE
    return link.uses_by_address.filter(address=address, started_at__gt=border).exists()


@retried
@transaction.atomic
def _take_use(link: Link, visitor: Actor) -> None:
    row = Link.objects.filter(pk=link.pk)
    if not row.live().exists() or not row.take():
        raise _dead()
    LinkUse.objects.bulk_create(
        [LinkUse(link=link, address=visitor.address, started_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["link", "address"],
        update_fields=["started_at"],
    )
    link.refresh_from_db(fields=["uses", "last_used_at"])
    _record("image.link.use", link, visitor)


@retried
@transaction.atomic
def revoke_link(link: Link, *, actor: Actor) -> None:
    """End *link* now, for whoever may share its image; a second time changes nothing."""
    permit(actor, "share", lock(link.image))
    now = timezone.now()
    if Link.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        link.revoked_at = now
        _record("image.link.revoke", link, actor)


@retried
@transaction.atomic
def restore_link(link: Link, *, actor: Actor) -> None:
    """Take back that *link* was revoked, within `REGRET`; it is worth what it was before.

    Raises `WrongState` for one that was not revoked so lately.
    """
    permit(actor, "share", lock(link.image))
    revoked_lately = {"pk": link.pk, "revoked_at__gt": timezone.now() - REGRET}
    if not Link.objects.filter(**revoked_lately).update(revoked_at=None):
        raise WrongState("This link was not revoked, or too long ago; make another.")
    link.revoked_at = None
    _record("image.link.restore", link, actor)


def clear_links() -> int:
    """Forget the links that have been over for long; return how many."""
    found = Link.objects.expired_for(KEPT)
    return found.delete()[1].get("images.Link", 0)


def digest(secret: str) -> str:
    """Return what is stored of *secret*: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(kind: str, link: Link, actor: Actor) -> None:
    facts = {
        "id": str(link.pk),
        "prefix": link.secret_prefix,
        "note": link.note,
        "made_by": link.user.public_id,
        "project": link.project,
        "expires_at": link.expires_at.isoformat(),
        "max_uses": link.max_uses,
        "uses": link.uses,
    }
    record(kind, link.image, actor, link=facts)


def _dead() -> NotVisible:
    """Return the one refusal: wrong, expired, revoked, used up, and worth nothing look alike."""
    return NotVisible("This link does not open anything.")
