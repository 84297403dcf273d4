"""A forgotten password: a mail is asked for by anybody, and its link sets another one, once."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest

from images.actors import Actor
from images.lifecycle.transactions import retried
from portal.identity.errors import Unknown
from portal.identity.models import User
from portal.identity.people import set_password
from portal.identity.post import post
from portal.identity.throttling import count_mail


def ask_for_reset(email: str, *, request: HttpRequest) -> None:
    """Let a worker send a mail to who has this address, if anybody has.

    What is done here is the same for all addresses, and so is its time. Raises `TooManyAttempts`.
    """
    count_mail(request=request)
    post("portal.identity.mails.send_reset", email)


@retried
@transaction.atomic
def reset_password(user: User, password: str, *, proof: str, actor: Actor) -> None:
    """Give *user* another password for the *proof* of a mail, which is worth nothing afterwards.

    Every session and token of the old password is dead. Raises `Unknown` for a proof that was used.
    """
    present = User.objects.select_for_update().get(pk=user.pk)
    if not (present.is_active and default_token_generator.check_token(present, proof)):
        raise Unknown("This link was used already, or is older than an hour.")
    set_password(present, password, actor=actor)
