"""The table: every address of one image, how it is asked, and what it answers to whom.

A rule is told by what somebody must be permitted, and by the status if so. For all of them: nobody
is 401 (of pages: sent to sign in), and whoever may not know of the image gets what an unknown id
gets, 404. `test_every_route_has_a_rule` fails for a route that is in no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.matrix.world import ACCEPTED, PENDING, REJECTED, Kind, Person, may, reads_members, sees

Verdict = Callable[[Person, Kind], int]
PATCH = "application/openstack-images-v2.1-json-patch"
OCTETS = "application/octet-stream"
GRANTEE = "view granted"
MEMBERS = {PENDING, ACCEPTED, REJECTED}


@dataclass(frozen=True, slots=True)
class Rule:
    """How an address is asked, and what it answers to who is known and sees the image."""

    verdict: Verdict
    body: Any = None
    media_type: str = "application/json"
    query: Mapping[str, str] = field(default_factory=dict)


def seen(status: int) -> Verdict:
    """Whoever sees the image."""
    return lambda person, kind: status


def needs(right: str, status: int, **instead: int) -> Verdict:
    """Whoever has *right*; *instead* are the statuses of some kinds of images."""

    def verdict(person: Person, kind: Kind) -> int:
        return instead.get(kind.name, status) if may(person, right, kind) else 403

    return verdict


def deletes(person: Person, kind: Kind) -> int:
    """Whoever may delete, unless the image is protected."""
    return 204 if may(person, "delete", kind) and not kind.is_protected else 403


def shares(status: int) -> Verdict:
    """Whoever may share, while the image is shared."""
    return lambda person, kind: status if kind.is_shared and may(person, "share", kind) else 403


def lists_members(person: Person, kind: Kind) -> int:
    """Whoever sees all of them, and a member its own."""
    knows = reads_members(person) or person.project in MEMBERS
    return 200 if kind.is_shared and knows else 403


def shows_pending(person: Person, kind: Kind) -> int:
    """Do they see the row of the project that has not answered?"""
    knows = reads_members(person) or person.project == PENDING
    return 200 if kind.is_shared and knows else 404


def answers_pending(person: Person, kind: Kind) -> int:
    """Answer for the project that has not answered: itself, or the administrator."""
    if not kind.is_shared:
        return 403
    if shows_pending(person, kind) == 404:
        return 404
    return 200 if person.is_admin or (person.project == PENDING and person.works) else 403


def unshares_pending(person: Person, kind: Kind) -> int:
    """Take the share back."""
    return shares(204)(person, kind)


def makes_link(person: Person, kind: Kind) -> int:
    """Whoever may share and download; of an image whose data are served."""
    if not (may(person, "share", kind) and may(person, "download", kind)):
        return 403
    return 409 if kind.is_deactivated else 201


def answers_own(person: Person, kind: Kind) -> int:
    """Answer for one's own project, in whose inbox the image must be."""
    if not kind.is_shared or person.project not in MEMBERS:
        return 404
    return 302 if person.works else 403


def shows_grant(status: int) -> Verdict:
    """Whoever sees all grants, and who has the one that is asked for."""

    def verdict(person: Person, kind: Kind) -> int:
        return status if reads_members(person) or person.name == GRANTEE else 404

    return verdict


def changes_grant(status: int) -> Verdict:
    """Whoever shares without a grant of its own; who shares by one gave none of these."""

    def verdict(person: Person, kind: Kind) -> int:
        if shows_grant(0)(person, kind) == 404:
            return 404
        shares_by_role = may(person, "share", kind) and "share" not in person.granted
        return status if shares_by_role else 403

    return verdict


def takes_grant(status: int) -> Verdict:
    """The same, and who has it gives it up."""
    return lambda person, kind: (
        status if person.name == GRANTEE else changes_grant(status)(person, kind)
    )


IMAGE = "/v2/images/{image_id}"
GRANTS = "/api/images/{image_id}/grants"
API: dict[tuple[str, str], Rule] = {
    ("GET", IMAGE): Rule(seen(200)),
    ("PATCH", IMAGE): Rule(
        needs("change", 200), [{"op": "replace", "path": "/min_ram", "value": 1}], PATCH
    ),
    ("DELETE", IMAGE): Rule(deletes),
    ("GET", IMAGE + "/file"): Rule(needs("download", 200)),
    ("PUT", IMAGE + "/file"): Rule(needs("change", 409), b"other bytes", OCTETS),
    ("POST", IMAGE + "/actions/deactivate"): Rule(needs("change", 204)),
    ("POST", IMAGE + "/actions/reactivate"): Rule(needs("change", 204)),
    ("PUT", IMAGE + "/tags/{tag}"): Rule(needs("change", 204)),
    ("DELETE", IMAGE + "/tags/{tag}"): Rule(needs("change", 204)),
    ("GET", IMAGE + "/members"): Rule(lists_members),
    ("POST", IMAGE + "/members"): Rule(shares(200), {"member": "9" * 32}),
    ("GET", IMAGE + "/members/{project}"): Rule(shows_pending),
    ("PUT", IMAGE + "/members/{project}"): Rule(answers_pending, {"status": "accepted"}),
    ("DELETE", IMAGE + "/members/{project}"): Rule(unshares_pending),
    ("GET", IMAGE + "/locations"): Rule(needs("administrator", 200)),
    ("POST", IMAGE + "/locations"): Rule(seen(409), {"url": "http://192.0.2.1/disk"}),
    ("GET", IMAGE + "/tasks"): Rule(seen(200)),
    ("DELETE", "/v2/stores/{store}/{image_id}"): Rule(needs("administrator", 403, deactivated=409)),
    ("GET", GRANTS): Rule(seen(200)),
    ("POST", GRANTS): Rule(needs("share", 201), {"user": "stranger", "rights": ["view"]}),
    ("GET", GRANTS + "/{kind}/{name}"): Rule(shows_grant(200)),
    ("PATCH", GRANTS + "/{kind}/{name}"): Rule(changes_grant(200), {"rights": ["download"]}),
    ("DELETE", GRANTS + "/{kind}/{name}"): Rule(takes_grant(204)),
    ("GET", "/api/images/{image_id}/links"): Rule(needs("share", 200)),
    ("POST", "/api/images/{image_id}/links"): Rule(makes_link, {}),
    ("GET", "/api/images/{image_id}/links/{link_id}"): Rule(needs("share", 200)),
    ("DELETE", "/api/images/{image_id}/links/{link_id}"): Rule(needs("share", 204)),
}


FORM = "application/x-www-form-urlencoded"
PAGE = "/images/{pk}"
TABS = ("properties", "sharing", "activity", "use")
PAGES: dict[tuple[str, str], Rule] = {
    ("GET", PAGE): Rule(seen(200)),
    **{("GET", f"{PAGE}/{tab}"): Rule(seen(200)) for tab in TABS},
    ("POST", PAGE + "/verify"): Rule(needs("change", 302), b"", FORM),
    ("GET", PAGE + "/download"): Rule(needs("download", 200)),
    ("GET", PAGE + "/upload"): Rule(needs("change", 200)),
    ("POST", PAGE + "/upload"): Rule(needs("change", 409), b"other bytes", OCTETS),
    ("GET", PAGE + "/edit"): Rule(needs("change", 200)),
    ("POST", PAGE + "/edit"): Rule(needs("change", 400), b"", FORM),
    ("GET", PAGE + "/delete"): Rule(needs("delete", 200)),
    ("POST", PAGE + "/delete"): Rule(needs("delete", 302, protected=403), b"", FORM),
    ("POST", PAGE + "/deactivate"): Rule(needs("change", 302), b"", FORM),
    ("POST", PAGE + "/reactivate"): Rule(needs("change", 302), b"", FORM),
    ("GET", PAGE + "/share"): Rule(needs("share", 200)),
    ("POST", PAGE + "/share"): Rule(needs("share", 400), b"project=nowhere", FORM),
    ("POST", PAGE + "/share/{project}"): Rule(shares(302), b"", FORM),
    ("GET", PAGE + "/grants/{kind}"): Rule(needs("share", 200)),
    ("POST", PAGE + "/grants/{kind}"): Rule(needs("share", 400), b"", FORM),
    ("POST", PAGE + "/grants/{kind}/{name}"): Rule(takes_grant(302), b"", FORM),
    ("GET", PAGE + "/links"): Rule(needs("share", 200)),
    ("POST", PAGE + "/links"): Rule(needs("share", 400), b"days=0", FORM),
    ("POST", PAGE + "/links/{link}/revoke"): Rule(needs("share", 302), b"", FORM),
    ("POST", PAGE + "/links/{link}/restore"): Rule(needs("share", 409), b"", FORM),
    ("POST", "/inbox/{pk}"): Rule(answers_own, b"answer=accepted", FORM),
}


RULES = API | PAGES
"""Every address of one image."""


def expected(route: tuple[str, str], person: Person, kind: Kind) -> int:
    """Return the status that *route* answers."""
    if not person.is_known:
        return 401 if route in API else 302
    return RULES[route].verdict(person, kind) if sees(person, kind) else 404
