"""One-time links: made at the server's command line, opened once in a browser."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.actors import OPERATOR
from portal.identity.errors import NotPermitted
from portal.identity.events import record_user
from portal.identity.keys import digest, new_secret
from portal.identity.models import SignInLink, User
from portal.identity.permissions import demand_ours

LIFETIME = timedelta(hours=1)


@retried
@transaction.atomic
def create_link(user: User, *, actor: Actor = OPERATOR) -> str:
    """Return the address that signs *user* in once, within an hour; older ones are dead."""
    if user.is_robot:
        raise NotPermitted(f"{user} is a service account: nobody signs in as that.")
    demand_ours(user)
    user.sign_in_links.all().delete()
    secret = new_secret("vl")
    SignInLink.objects.create(
        user=user, secret_hash=digest(secret), expires_at=timezone.now() + LIFETIME
    )
    record_user("create_sign_in_link", user, actor)
    return settings.PUBLIC_URL + reverse("sign-in-link", args=[secret])


def find_link(secret: str) -> SignInLink | None:
    """Return the link that *secret* still opens; nothing is used up."""
    return SignInLink.objects.live().opened_by(secret).select_related("user").first()


@retried
@transaction.atomic
def use_link(secret: str) -> User | None:
    """Use the link up and return whom it signs in; of two at the same time one gets nobody."""
    link = find_link(secret)
    claimed = SignInLink.objects.live().opened_by(secret).update(used_at=timezone.now())
    return link.user if link and claimed else None
