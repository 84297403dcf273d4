"""What people are told when an act is refused: whole sentences, in their language."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from images import errors as images
from images.api import errors as api
from images.api.errors import status_of, text_of
from images.metadefs import errors as metadefs
from portal.errors import NOTHING_HERE
from portal.identity import errors as identity
from portal.identity.api.errors import STATUS as IDENTITY_STATUS
from portal.identity.errors import IdentityError
from stores import errors as stores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms
    from django.utils.functional import Promise

Refusal = (images.ImageError, stores.StoreError, IdentityError, api.ApiError)

NOT_PERMITTED = _("You are not permitted to do this.")
NOT_UNDERSTOOD = _("The request cannot be understood.")
NAME_TAKEN = _("There is one of that name already.")
NO_DATABASE = _("The database does not answer; try again.")
IN_USE = _("Something was cloned from this image, and depends on its bytes.")
NO_DATA = _("No store has the image’s data any more.")
WRONG_VALUE = _("One of the values cannot be right. Check what you entered.")

SENTENCES: dict[type[Exception], str | Promise] = {
    images.NotVisible: NOTHING_HERE,
    images.LastLocation: _(
        "An active image keeps one place of its data; delete the image instead."
    ),
    images.BadRules: _(
        "The operator’s rules for properties cannot be used. Tell the cloud’s administrators."
    ),
    images.IdTaken: _("There is, or was, another image of that id."),
    images.WrongOffset: _("These bytes do not go on where the upload stands. Begin it again."),
    images.UploadHeld: _("Another request writes this upload; try again in some seconds."),
    images.ImportUnderWay: _("A task works on the image; wait for its end."),
    images.TaskLost: _("The image was deleted, or another worker took the task over."),
    images.LeaseOver: _("The database was away for too long; go on with the upload."),
    images.Protected: _("The image is protected against deletion."),
    images.NotHeld: _("You can grant only what you may do yourself, and for no longer."),
    images.NotGiver: _("Only who owns the image can change or take what somebody else granted."),
    images.WrongState: _("The image’s state does not allow this now; load the page again."),
    images.WrongStateForAct: _("The image’s state does not allow this now."),
    images.MissingFormat: _("Choose the disk format first."),
    images.AlreadyMember: _("The image is shared with that project already."),
    images.NotShared: _("Only an image of visibility “shared” can be shared with projects."),
    images.InUse: IN_USE,
    images.DataLost: NO_DATA,
    images.UploadLost: _("The image was deleted, or another upload took over, meanwhile."),
    images.LimitsUnknown: _("The project’s limits are not known just now; try again soon."),
    images.NoFreeSlot: _("Too many uploads are under way on this server; try again soon."),
    images.ChangedMeanwhile: _("Somebody else changed the image just now; save once more."),
    images.NoSuchField: _("Somebody else changed the image meanwhile; load the page again."),
    stores.ObjectMissing: NO_DATA,
    stores.ObjectExists: _("The store has data of that name already; try again."),
    stores.ObjectInUse: IN_USE,
    stores.BadKey: _("The store keeps no data under such a name."),
    stores.UnknownStore: _("There is no such store."),
    stores.StoreReadOnly: _("This store takes no data."),
    stores.StoreFull: _("The store has no room for these bytes."),
    stores.StoreDown: _("The store does not answer now; try again later."),
    identity.BadCredentials: _("You are signed out. Sign in again."),
    identity.SourceDown: _("The Keystone of this cloud does not answer; try again in a moment."),
    identity.NameTaken: NAME_TAKEN,
    metadefs.NameTaken: NAME_TAKEN,
    identity.NotPermitted: NOT_PERMITTED,
    identity.AlreadyThere: _("Whom you invite is in the project already, or was invited already."),
    identity.LastManager: _("This is the project’s last manager; confirm that you mean it."),
    identity.StillNeeded: _("It owns something, so that it can be suspended but not deleted."),
    identity.TooManyInvitations: _(
        "The project has invited as many people as it may in a day; go on tomorrow."
    ),
    api.BodyTooLarge: _("More was sent than a request may hold."),
    api.WrongMediaType: NOT_UNDERSTOOD,
    api.WrongVersion: NOT_UNDERSTOOD,
    api.BadRange: _("The image has no such range of bytes."),
    api.PieceMismatch: _("A piece of the upload came damaged; it has to be sent again."),
    api.ClientGone: _("The connection broke off; try again."),
    api.ClientSilent: _("Nothing came for too long; try again."),
    OperationalError: NO_DATABASE,
    InterfaceError: NO_DATABASE,
    DataError: _("A value is one that no database can hold."),
    MemoryError: _("The server has no room for this just now; try again."),
    Http404: NOTHING_HERE,
    PermissionDenied: NOT_PERMITTED,
    SuspiciousOperation: NOT_UNDERSTOOD,
}
"""What is told of an error in every language."""

OUTLINES: dict[type[Exception], str | Promise] = {
    images.Forbidden: NOT_PERMITTED,
    images.ReadOnlyField: _("The service itself sets this; it cannot be changed."),
    images.BadValue: WRONG_VALUE,
    images.Conflict: _("This does not fit what there is now; load the page again."),
    images.OverLimit: _(
        "That is more than the service keeps for one image: of tags, properties, members, links or"
        " parts."
    ),
    stores.BadAddress: _("No data can be taken from that address."),
    stores.BadUpload: _("These data are refused. Nothing of them was kept."),
    stores.TooLarge: _("These data are more than an image may have. Nothing of them was kept."),
    stores.SizeMismatch: _("Not as many bytes came as were declared. Nothing of them was kept."),
    stores.ChecksumMismatch: _("The checksum is not the expected one. Nothing was kept."),
    stores.UnsafeContent: _(
        "The content refers to, or hides, something outside of itself. Nothing of it was kept."
    ),
    identity.TooManyAttempts: _("Too many failed attempts; try again later."),
    identity.Unknown: NOTHING_HERE,
    identity.BadValue: WRONG_VALUE,
    api.BadRequest: NOT_UNDERSTOOD,
}
"""What is told of an error whose own text says more, in the one language that it has: English."""

OVER_QUOTA = _(
    "%(needed)s needed, %(left)s left. %(whose)s is %(limit)s (%(resource)s). Only the cloud’s"
    " administrators can raise it."
)
FORMAT = _("The disk format is said to be %(declared)s, but the content is %(found)s.")
IN_TRASH = _("%(amount)s lie in the project’s trash, and count until they are deleted there.")
WHOSE = {
    "": _("The project’s limit"),
    "store": _("The project’s limit in this store"),
    "user": _("This user’s limit in the project"),
}


def in_words(error: BaseException) -> str:
    """Return what to tell of *error* in the reader's language, with the facts that matter."""
    if isinstance(error, images.OverQuota):
        return _over_quota(error)
    if isinstance(error, stores.FormatMismatch):
        return str(FORMAT) % {"declared": error.declared, "found": error.found}
    if isinstance(error, identity.BadField):
        return str(error)
    table = SENTENCES if _speaks_english() else OUTLINES | SENTENCES
    known = (table[kind] for kind in type(error).__mro__ if kind in table)
    return str(next(known, text_of(error)))


def _speaks_english() -> bool:
    return (get_language() or "en").startswith("en")


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
