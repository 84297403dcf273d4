"""The people of the random acts: each role in two projects, a guest, and those of the cloud."""

from __future__ import annotations

from portal.identity import people
from portal.identity.actors import OPERATOR
from portal.identity.models import Project
from portal.identity.tokens import Proof, Scope, issue_token
from tests.rights import model
from tests.rights.model import Person

PROJECTS = ("a", "b", "c")
NOBODY = Person("nobody", "", "nobody")
PEOPLE = (
    *(Person(f"{role}-of-{project}", project, role) for project in "ab" for role in model.RANK),
    Person("member-of-c", "c", "member"),
    Person("administrator", "c", "admin"),
    Person("auditor", "a", "auditor"),
)
GRANTEES = ("reader-of-b", "member-of-b", "member-of-c", "auditor")


def token_of(person: Person, projects: dict[str, Project]) -> str:
    """Return the secret of a token of *person*, who is made for it."""
    user = people.create_user(person.name, actor=OPERATOR)
    project = projects[person.project]
    if person.is_admin:
        people.make_administrator(user, actor=OPERATOR)
    elif person.is_auditor:
        people.make_auditor(user, actor=OPERATOR)
    else:
        people.give_role(user, project=project, role=person.role, actor=OPERATOR)
    return issue_token(Proof(user, methods=("password",)), scope=Scope(project=project))[0]
