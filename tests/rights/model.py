"""Who may do what, told a second time: a small model that knows nothing of the service's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

RANK = {"reader": 1, "member": 2, "manager": 3}
RIGHTS = ("view", "download", "change", "delete", "share")


@dataclass(frozen=True)
class Person:
    """Somebody at a door: a name, and what the token says of project and role."""

    name: str
    project: str
    role: str

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def is_auditor(self) -> bool:
        return self.role == "auditor"

    def is_at_least(self, role: str) -> bool:
        """Has the person that role? Administrators have all, auditors read."""
        own = {"admin": RANK["manager"], "auditor": RANK["reader"]} | RANK
        return own.get(self.role, 0) >= RANK[role]


@dataclass(frozen=True)
class Given:
    """What was granted to one grantee on one image, and by whom."""

    rights: frozenset[str]
    giver: str


@dataclass
class Picture:
    """What the model remembers of an image; *grants* by the name of a person or a project."""

    owner: str
    visibility: str = "shared"
    status: str = "queued"
    is_protected: bool = False
    members: dict[str, str] = field(default_factory=dict)
    grants: dict[str, Given] = field(default_factory=dict)

    def is_own(self, person: Person) -> bool:
        return self.owner == person.project

    def is_shared_with(self, person: Person) -> bool:
        return self.visibility == "shared" and person.project in self.members

    def is_shown_to(self, person: Person) -> bool:
        """Do owner, visibility or membership show it to the person's project?"""
        is_open = self.visibility in {"public", "community"}
        return self.is_own(person) or is_open or self.is_shared_with(person)

    def is_granted(self, person: Person, right: str) -> bool:
        """Was *right* given to the person or its project? To an auditor it counts for nothing."""
        given = [self.grants.get(name) for name in (person.name, person.project)]
        return not person.is_auditor and any(one and right in one.rights for one in given)

    def is_seen_by(self, person: Person) -> bool:
        if person.is_admin or person.is_auditor:
            return True
        return person.is_at_least("reader") and (
            self.is_shown_to(person) or self.is_granted(person, "view")
        )

    def is_in_trash_for(self, person: Person) -> bool:
        """Its project knows what lies in the trash, and who was granted its deletion."""
        if person.is_admin or person.is_auditor:
            return True
        knows = self.is_own(person) or self.is_granted(person, "delete")
        return person.is_at_least("reader") and knows

    def is_listed_for(self, person: Person) -> bool:
        """A list leaves out the community's images of others, and shares not accepted."""
        is_foreign_community = self.visibility == "community" and not self.is_own(person)
        if person.is_admin or person.is_auditor:
            return not is_foreign_community
        is_accepted = self.visibility == "shared" and self.members.get(person.project) == "accepted"
        is_granted = self.is_granted(person, "view") and not is_foreign_community
        is_public = self.visibility == "public"
        return self.is_own(person) or is_public or is_accepted or is_granted

    def may(self, person: Person, right: str) -> bool:
        """May the person do what *right* stands for, by role or by grant?"""
        return self.may_by_role(person, right) or self.is_granted(person, right)

    def may_by_role(self, person: Person, right: str) -> bool:
        """May the person do it whatever was granted?"""
        if right == "view":
            return person.is_admin or person.is_auditor or self.is_shown_to(person)
        is_on_sight = right == "download" and self.is_shown_to(person)
        is_of_its_people = self.is_own(person) or is_on_sight
        return person.is_admin or (is_of_its_people and person.is_at_least("member"))


def answer(picture: Picture, person: Person, *, allowed: bool, done: HTTPStatus) -> HTTPStatus:
    """Return what somebody hears who asks: nothing is there, or not for you, or it was done."""
    if person.role == "nobody":
        return HTTPStatus.UNAUTHORIZED
    if not picture.is_seen_by(person):
        return HTTPStatus.NOT_FOUND
    return done if allowed else HTTPStatus.FORBIDDEN


def showing(picture: Picture, person: Person) -> HTTPStatus:
    return answer(picture, person, allowed=True, done=HTTPStatus.OK)


def renaming(picture: Picture, person: Person) -> HTTPStatus:
    allowed = picture.may(person, "change")
    return answer(picture, person, allowed=allowed, done=HTTPStatus.OK)


def exposing(picture: Picture, person: Person, visibility: str) -> HTTPStatus:
    """Everybody may be shown an image by administrators, the community by the owner's project."""
    is_owners = picture.is_own(person) and person.is_at_least("member")
    extra = {"public": person.is_admin, "community": person.is_admin or is_owners}
    allowed = picture.may(person, "change") and extra.get(visibility, True)
    return answer(picture, person, allowed=allowed, done=HTTPStatus.OK)


def uploading(picture: Picture, person: Person) -> HTTPStatus:
    done = HTTPStatus.NO_CONTENT if picture.status == "queued" else HTTPStatus.CONFLICT
    return answer(picture, person, allowed=picture.may(person, "change"), done=done)


def downloading(picture: Picture, person: Person) -> HTTPStatus:
    """Readers may not, unless by grant; of what is deactivated only administrators may."""
    is_open = picture.status != "deactivated" and picture.may(person, "download")
    allowed = person.is_admin or is_open
    done = HTTPStatus.NO_CONTENT if picture.status == "queued" else HTTPStatus.OK
    return answer(picture, person, allowed=allowed, done=done)


def switching(picture: Picture, person: Person) -> HTTPStatus:
    """Deactivate and reactivate: what has no data yet can be neither."""
    allowed = picture.may(person, "change") and picture.status != "queued"
    return answer(picture, person, allowed=allowed, done=HTTPStatus.NO_CONTENT)


def deleting(picture: Picture, person: Person) -> HTTPStatus:
    allowed = picture.may(person, "delete") and not picture.is_protected
    return answer(picture, person, allowed=allowed, done=HTTPStatus.NO_CONTENT)


def taking_out(picture: Picture, person: Person, done: HTTPStatus) -> HTTPStatus:
    """Restore and delete for good: who may delete may both."""
    if person.role == "nobody":
        return HTTPStatus.UNAUTHORIZED
    if not picture.is_in_trash_for(person):
        return HTTPStatus.NOT_FOUND
    return done if picture.may(person, "delete") else HTTPStatus.FORBIDDEN


def sharing(picture: Picture, person: Person, project: str) -> HTTPStatus:
    done = HTTPStatus.CONFLICT if project in picture.members else HTTPStatus.OK
    allowed = picture.may(person, "share") and picture.visibility == "shared"
    return answer(picture, person, allowed=allowed, done=done)


def unsharing(picture: Picture, person: Person, project: str) -> HTTPStatus:
    done = HTTPStatus.NO_CONTENT if project in picture.members else HTTPStatus.NOT_FOUND
    allowed = picture.may(person, "share") and picture.visibility == "shared"
    return answer(picture, person, allowed=allowed, done=done)


def answering(picture: Picture, person: Person, project: str) -> HTTPStatus:
    """Only the member project itself answers; others do not even hear that it is one."""
    is_own = project == person.project and person.is_at_least("member") and not person.is_auditor
    sees_all = person.is_admin or person.is_auditor or picture.is_own(person)
    sees_row = sees_all or picture.is_granted(person, "share") or person.project == project
    if picture.visibility == "shared" and not (sees_row and project in picture.members):
        return answer(picture, person, allowed=True, done=HTTPStatus.NOT_FOUND)
    allowed = picture.visibility == "shared" and (person.is_admin or is_own)
    return answer(picture, person, allowed=allowed, done=HTTPStatus.OK)


def answering_at_home(picture: Picture, person: Person) -> HTTPStatus:
    """On its page a project answers for itself alone, to what is shared with it."""
    if person.role == "nobody":
        return HTTPStatus.UNAUTHORIZED
    if not picture.is_shared_with(person):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.OK if person.is_at_least("member") else HTTPStatus.FORBIDDEN


def granting(picture: Picture, person: Person, grantee: str, rights: frozenset[str]) -> HTTPStatus:
    """Nobody grants what it may not do itself, nor changes what somebody else granted."""
    present = picture.grants.get(grantee)
    is_same = present is not None and present.rights == rights
    is_anothers = present is not None and present.giver != person.name
    is_free = picture.may_by_role(person, "share") or not is_anothers
    holds_all = all(picture.may(person, right) for right in rights)
    allowed = picture.may(person, "share") and (is_same or (is_free and holds_all))
    return answer(picture, person, allowed=allowed, done=HTTPStatus.CREATED)


def granting_on_page(
    picture: Picture, person: Person, grantee: str, rights: frozenset[str]
) -> HTTPStatus:
    """The page offers who may share the rights that it has itself, and takes no other."""
    shares = picture.is_seen_by(person) and picture.may(person, "share")
    holds_all = all(picture.may(person, right) for right in rights)
    if person.role != "nobody" and shares and not holds_all:
        return HTTPStatus.BAD_REQUEST
    return granting(picture, person, grantee, rights)


def taking(picture: Picture, person: Person, grantee: str) -> HTTPStatus:
    """Taken by who shares by role, by the giver, by the grantee; a stranger hears of nothing."""
    given = picture.grants.get(grantee)
    is_own = not person.is_auditor and grantee in {person.name, person.project}
    sees_all = person.is_admin or person.is_auditor or picture.is_own(person)
    if not given or not (sees_all or is_own or picture.is_granted(person, "share")):
        return answer(picture, person, allowed=True, done=HTTPStatus.NOT_FOUND)
    is_giver = given.giver == person.name and picture.may(person, "share")
    gives_up = is_own and (grantee == person.name or person.is_at_least("manager"))
    allowed = picture.may_by_role(person, "share") or is_giver or gives_up
    return answer(picture, person, allowed=allowed, done=HTTPStatus.NO_CONTENT)
