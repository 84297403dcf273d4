"""What the Keystone's answers mean here: who is called what, and which role is which of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from images.actors import ADMIN, AUDITOR, with_implied

UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
MARK = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Known:
    """A user, a project or a group of the Keystone: its id, and what people call it."""

    id: str
    name: str


def known(thing: dict[str, Any], *, domain: str | None = None) -> Known:
    """Return *thing* of an answer; its name says the *domain* too, if that is not the usual one."""
    if domain is None:
        domain = thing.get("domain", {}).get("name", settings.KEYSTONE["DOMAIN"])
    is_usual = domain == settings.KEYSTONE["DOMAIN"]
    name = thing["name"] if is_usual else f"{thing['name']}@{domain}"
    return Known(id=str(thing["id"]), name=UNPRINTABLE.sub(MARK, name))


def our_roles(names: Iterable[str]) -> frozenset[str]:
    """Return the roles that *names* are here, with those that they imply.

    A name of nobody's stays what it is, since rules may name it; but to see everything is never
    given by a mere likeness of names.
    """
    ours = settings.KEYSTONE["ROLES"]
    found = {ours.get(name, name) for name in names if name in ours or name != AUDITOR}
    if AUDITOR in found and ADMIN not in found:
        return with_implied(AUDITOR)
    return with_implied(*(found - {AUDITOR}))
