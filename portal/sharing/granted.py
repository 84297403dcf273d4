"""What pages show of the grants on an image: names, rights in words, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.lifecycle.givers import gives_up, takes
from images.lifecycle.grants import grants_for
from images.models.grant import grants_held
from images.states import GranteeKind, Right
from portal.sharing.grantees import givers_of, grantees_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from images.actors import Actor
    from images.models import Image
    from images.models.grant import Grant, Grantee

MOST = 200  # grants that the inbox shows; lists of images have them all


@dataclass(frozen=True, slots=True)
class Shown:
    """One grant as a page shows it."""

    grant: Grant
    to: Grantee
    giver: str
    can_take: bool

    @property
    def rights(self) -> list[str]:
        """Return the rights in the reader's language."""
        return [str(right.label) for right in Right if right in self.grant.rights]

    @property
    def kind_label(self) -> str | _StrPromise:
        """Return whether it is a person, a group or a project."""
        return self.to.kind.label


def shown_grants(image: Image, actor: Actor) -> list[Shown]:
    """Return the grants on *image* that *actor* may see, in a constant number of queries."""
    grants = grants_for(image, actor=actor)
    if not grants:
        return []
    givers, may_take = givers_of(grants), takes(actor, image)
    return [
        Shown(grant, to, givers.get(grant.granted_by, ""), may_take(grant, to))
        for grant, to in grantees_of(grants).items()
    ]


def held_by(actor: Actor) -> list[Shown]:
    """Return what *actor* was granted on images of others, newest first, as the inbox shows it."""
    grants = grants_held(actor)[:MOST]
    if not grants:
        return []
    givers = givers_of(grants)
    return [
        Shown(grant, to, givers.get(grant.granted_by, ""), gives_up(actor, to))
        for grant, to in grantees_of(grants).items()
    ]


def of_kind(shown: list[Shown], kind: GranteeKind) -> list[Shown]:
    """Return those of *shown* that are to grantees of that *kind*."""
    return [one for one in shown if one.to.kind == kind]
