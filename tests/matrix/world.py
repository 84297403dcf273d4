"""People and images of every kind: told here once more, apart from the code that is tried."""

from __future__ import annotations

from dataclasses import dataclass, field

OWN, PENDING, ACCEPTED, REJECTED, ELSEWHERE = (digit * 32 for digit in "12345")
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: a role in one project, what was granted on each image, and what the cloud gave.

    Without a project it is nobody; *token* is then what nobody shows.
    """

    name: str
    project: str = ""
    role: str = "member"
    granted: frozenset[str] = NOTHING
    is_admin: bool = False
    is_auditor: bool = False
    token: str = ""

    @property
    def is_known(self) -> bool:
        """Is somebody logged in?"""
        return bool(self.project)

    @property
    def works(self) -> bool:
        """Does it have more than a reader's role?"""
        return self.role in {"member", "manager"} and not self.is_auditor


def _grantee(right: str) -> Person:
    return Person(f"{right} granted", ELSEWHERE, granted=frozenset({"view", right}))


PEOPLE = {
    person.name: person
    for person in (
        Person("nobody"),
        Person("bad token", token="vt_" + "A" * 43),
        Person("stranger", ELSEWHERE),
        Person("foreign manager", ELSEWHERE, "manager"),
        Person("pending member", PENDING),
        Person("accepted member", ACCEPTED),
        Person("rejected member", REJECTED),
        Person("reader of a member", ACCEPTED, "reader"),
        Person("reader", OWN, "reader"),
        Person("owner", OWN),
        Person("manager", OWN, "manager"),
        *(_grantee(right) for right in ("view", "download", "change", "share", "delete")),
        Person("auditor", ELSEWHERE, is_auditor=True),
        Person("administrator", ELSEWHERE, is_admin=True),
    )
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one of the images is like; it is shared with three projects, whatever its visibility."""

    name: str
    fields: dict[str, object] = field(default_factory=dict)
    is_deactivated: bool = False

    @property
    def visibility(self) -> str:
        """Who sees it."""
        return str(self.fields.get("visibility", "shared"))

    @property
    def is_shared(self) -> bool:
        """Do its members count?"""
        return self.visibility == "shared"

    @property
    def is_protected(self) -> bool:
        """Is it kept from being deleted?"""
        return bool(self.fields.get("protected"))


KINDS = {
    kind.name: kind
    for kind in (
        Kind("private", {"visibility": "private"}),
        Kind("shared"),
        Kind("community", {"visibility": "community"}),
        Kind("public", {"visibility": "public"}),
        Kind("protected", {"visibility": "private", "protected": True}),
        Kind("deactivated", is_deactivated=True),
        Kind("hidden", {"os_hidden": True, "visibility": "private"}),
    )
}


def is_shown(person: Person, kind: Kind) -> bool:
    """Does the image show itself to the project of *person*?"""
    if person.project == OWN or kind.visibility in {"community", "public"}:
        return True
    return kind.is_shared and person.project in {PENDING, ACCEPTED, REJECTED}


def sees(person: Person, kind: Kind) -> bool:
    """May *person* know of the image?"""
    if not person.is_known:
        return False
    is_all_seeing = person.is_admin or person.is_auditor
    return is_all_seeing or is_shown(person, kind) or "view" in person.granted


def may(person: Person, right: str, kind: Kind) -> bool:
    """May *person* do it? *right* is download, change, share, delete, own or none at all."""
    if person.is_admin:
        return right != "none"
    if right == "download":
        allowed = (person.works and is_shown(person, kind)) or right in person.granted
        return allowed and not kind.is_deactivated
    if right in {"none", "administrator"}:
        return False
    return (person.works and person.project == OWN) or right in person.granted


def reads_members(person: Person) -> bool:
    """Does *person* see with whom a shared image is shared, all of it?"""
    sees_all = person.is_admin or person.is_auditor or person.project == OWN
    return sees_all or "share" in person.granted
