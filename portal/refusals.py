"""What people are told when an act is refused: whole sentences, in their language."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from images import errors as images
from images.api.errors import ApiError, status_of, text_of
from portal.identity import errors as identity
from portal.identity.api.errors import STATUS as IDENTITY_STATUS
from portal.identity.errors import IdentityError
from stores import errors as stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms
    from django.utils.functional import Promise

Refusal = (images.ImageError, stores.StoreError, IdentityError, ApiError)

SENTENCES: dict[type[Exception], str | Promise] = {
    images.Protected: _("The image is protected against deletion."),
    images.NotHeld: _("You can grant only what you may do yourself, and for no longer."),
    images.NotGiver: _("Only who owns the image can change or take what somebody else granted."),
    images.WrongState: _("The image’s state does not allow this now; load the page again."),
    images.WrongStateForAct: _("The image’s state does not allow this now."),
    images.MissingFormat: _("Choose the disk format first."),
    images.AlreadyMember: _("The image is shared with that project already."),
    images.NotShared: _("Only an image of visibility “shared” can be shared with projects."),
    images.InUse: _("Something was cloned from this image, and depends on its bytes."),
    images.DataLost: _("No store has the image’s data any more."),
    images.UploadLost: _("The image was deleted, or another upload took over, meanwhile."),
    images.LimitsUnknown: _("The project’s limits are not known just now; try again soon."),
    images.NoFreeSlot: _("Too many uploads are under way on this server; try again soon."),
    images.ChangedMeanwhile: _("Somebody else changed the image just now; save once more."),
    images.NoSuchField: _("Somebody else changed the image meanwhile; load the page again."),
    stores.UnknownStore: _("There is no such store."),
    stores.StoreReadOnly: _("This store takes no data."),
    stores.StoreFull: _("The store has no room for these bytes."),
    stores.StoreDown: _("The store does not answer now; try again later."),
    identity.SourceDown: _("The Keystone of this cloud does not answer; try again in a moment."),
    identity.NameTaken: _("There is one of that name already."),
    identity.NotPermitted: _("You are not permitted to do this."),
    identity.AlreadyThere: _("Whom you invite is in the project already, or was invited already."),
    identity.LastManager: _("This is the project’s last manager; confirm that you mean it."),
    identity.StillNeeded: _("It owns something, so that it can be suspended but not deleted."),
    identity.TooManyInvitations: _(
        "The project has invited as many people as it may in a day; go on tomorrow."
    ),
}

OVER_QUOTA = _(
    "%(needed)s needed, %(left)s left. %(whose)s is %(limit)s (%(resource)s). Only the cloud’s"
    " administrators can raise it."
)
IN_TRASH = _("%(amount)s lie in the project’s trash, and count until they are deleted there.")
WHOSE = {
    "": _("The project’s limit"),
    "store": _("The project’s limit in this store"),
    "user": _("This user’s limit in the project"),
}


def in_words(error: BaseException) -> str:
    """Return what to tell of *error*; where facts matter, its own text with them."""
    if isinstance(error, images.OverQuota):
        return _over_quota(error)
    known = (SENTENCES[kind] for kind in type(error).__mro__ if kind in SENTENCES)
    return str(next(known, text_of(error)))


def _over_quota(refusal: images.OverQuota) -> str:
    """Return what is needed and left, of which limit, and who can raise it."""
    facts = {
        "needed": refusal.told(refusal.needed, up=True),
        "left": refusal.told(refusal.left),
        "limit": refusal.told(refusal.limit),
        "resource": refusal.resource,
        "whose": WHOSE[refusal.part.partition(":")[0]],
    }
    said = str(OVER_QUOTA) % facts
    if not refusal.in_trash:
        return said
    return f"{said} {str(IN_TRASH) % {'amount': refusal.told(refusal.in_trash)}}"


class Outcome:
    """How an act was refused: *status* is the one that the API gives to it."""

    status = 400


@contextmanager
def refusals_in(form: forms.Form) -> Iterator[Outcome]:
    """Put a refusal of the act within into *form*; what may not be seen stays unseen (404)."""
    outcome = Outcome()
    try:
        yield outcome
    except images.NotVisible:
        raise
    except Refusal as refusal:
        outcome.status = status_of(refusal) or IDENTITY_STATUS.get(type(refusal), 400)
        form.add_error(None, in_words(refusal))
