"""Random acts by random people through the API's door, against the model of who may do what."""

from __future__ import annotations

import json
import sys
from collections import Counter
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from rest_framework.test import APIClient

from portal.identity import people
from portal.identity.actors import OPERATOR
from tests.rights import model
from tests.rights.model import Person, Picture
from tests.rights.people import GRANTEES, NOBODY, PEOPLE, PROJECTS, token_of

VISIBILITIES = ("shared", "public", "community", "shared", "private", "shared")
SEEN: Counter[tuple[str, int]] = Counter()

someone = st.sampled_from((*PEOPLE, NOBODY))
somewhere = st.sampled_from(PROJECTS)
which = st.integers(0, 6)


class Acts(RuleBasedStateMachine):
    """Each rule is one act: what the door answers is what the model says, and then is so."""

    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world._from_testcase = True  # type: ignore[attr-defined]  # so that uploads may begin
        self.world.__enter__()
        self.pictures: dict[str, Picture] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @initialize()
    def people_come(self) -> None:
        self.projects = {name: people.create_project(name, actor=OPERATOR) for name in PROJECTS}
        self.doors = {NOBODY: APIClient()}
        for person in PEOPLE:
            self.doors[person] = APIClient(HTTP_X_AUTH_TOKEN=token_of(person, self.projects))
        for owner, other in (("a", "b"), ("b", "a"), ("c", "a")):
            self.begin_with(Person(f"member-of-{owner}", owner, "member"), share_with=other)

    def begin_with(self, person: Person, *, share_with: str) -> None:
        """Let there be an image, shared and with data, so that every act can be from the start."""
        self.create(person)
        number = len(self.pictures) - 1
        self.upload(person, number)
        self.share(person, number, share_with)

    def ask(
        self,
        act: str,
        person: Person,
        expected: HTTPStatus,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json",
    ) -> bool:
        """Send a request, compare its status, count it, and tell whether the act was done."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent: Any = b"" if body is None else content
        door = self.doors[person]
        response = door.generic(method, path, sent, content_type=content_type, RAW_URI=path)
        assert response.status_code == expected, (act, person, response.content)
        SEEN[act, int(expected)] += 1
        return expected < HTTPStatus.BAD_REQUEST

    def chosen(self, number: int) -> tuple[str, Picture]:
        return list(self.pictures.items())[number % len(self.pictures)]

    @precondition(lambda self: len(self.pictures) < 7)
    @rule(person=someone)
    def create(self, person: Person) -> None:
        allowed = person != NOBODY and person.is_at_least("member")
        fields = {"name": "disk", "disk_format": "raw", "container_format": "bare"}
        response = self.doors[person].post("/v2/images", fields, format="json")

        refusal = HTTPStatus.UNAUTHORIZED if person == NOBODY else HTTPStatus.FORBIDDEN
        expected = HTTPStatus.CREATED if allowed else refusal
        assert response.status_code == expected, (person, response.content)
        SEEN["create", int(expected)] += 1
        if allowed:
            self.pictures[response.json()["id"]] = Picture(owner=person.project)

    @rule(person=someone)
    def list_all(self, person: Person) -> None:
        response = self.doors[person].get("/v2/images?limit=100")

        if person == NOBODY:
            assert response.status_code == HTTPStatus.UNAUTHORIZED
        else:
            found = {image["id"] for image in response.json()["images"]}
            listed = {pk for pk, one in self.pictures.items() if one.is_listed_for(person)}
            assert found == listed, person
        SEEN["list", response.status_code] += 1

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which)
    def show(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        self.ask("show", person, model.showing(picture, person), "GET", f"/v2/images/{pk}")

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, is_protected=st.booleans())
    def protect(self, person: Person, number: int, *, is_protected: bool) -> None:
        pk, picture = self.chosen(number)
        expected = model.renaming(picture, person)
        if self.patch("protect", person, expected, pk, "protected", is_protected):
            picture.is_protected = is_protected

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, visibility=st.sampled_from(VISIBILITIES))
    def expose(self, person: Person, number: int, visibility: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.exposing(picture, person, visibility)
        if self.patch("expose", person, expected, pk, "visibility", visibility):
            picture.visibility = visibility

    def patch(
        self, act: str, person: Person, expected: HTTPStatus, pk: str, name: str, value: Any
    ) -> bool:
        body = [{"op": "replace", "path": f"/{name}", "value": value}]
        content_type = "application/openstack-images-v2.1-json-patch"
        path = f"/v2/images/{pk}"
        return self.ask(act, person, expected, "PATCH", path, body, content_type=content_type)

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which)
    def upload(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        expected = model.uploading(picture, person)
        path, octets = f"/v2/images/{pk}/file", "application/octet-stream"
        if self.ask("upload", person, expected, "PUT", path, b"bytes", content_type=octets):
            picture.status = "active"

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which)
    def download(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        expected = model.downloading(picture, person)
        self.ask("download", person, expected, "GET", f"/v2/images/{pk}/file")

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, act=st.sampled_from(["deactivate", "reactivate"]))
    def switch(self, person: Person, number: int, act: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.switching(picture, person)
        if self.ask(act, person, expected, "POST", f"/v2/images/{pk}/actions/{act}"):
            picture.status = "deactivated" if act == "deactivate" else "active"

    @precondition(lambda self: len(self.pictures) > 3)
    @rule(person=someone, number=which)
    def delete(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        expected = model.deleting(picture, person)
        if self.ask("delete", person, expected, "DELETE", f"/v2/images/{pk}"):
            del self.pictures[pk]

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, project=somewhere)
    def share(self, person: Person, number: int, project: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.sharing(picture, person, project)
        body = {"member": self.projects[project].pk}
        if self.ask("share", person, expected, "POST", f"/v2/images/{pk}/members", body):
            picture.members[project] = "pending"

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, project=somewhere)
    def unshare(self, person: Person, number: int, project: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.unsharing(picture, person, project)
        path = f"/v2/images/{pk}/members/{self.projects[project].pk}"
        if self.ask("unshare", person, expected, "DELETE", path):
            del picture.members[project]

    @precondition(lambda self: self.pictures)
    @rule(
        person=someone,
        number=which,
        project=somewhere,
        status=st.sampled_from(["accepted", "rejected", "pending"]),
    )
    def answer(self, person: Person, number: int, project: str, status: str) -> None:
        pk, picture = self.chosen(number)
        project = next(iter(picture.members), project)
        expected = model.answering(picture, person, project)
        path = f"/v2/images/{pk}/members/{self.projects[project].pk}"
        if self.ask("answer", person, expected, "PUT", path, {"status": status}):
            picture.members[project] = status

    @precondition(lambda self: self.pictures)
    @rule(
        person=someone,
        number=which,
        grantee=st.sampled_from((*GRANTEES, *PROJECTS)),
        rights=st.frozensets(st.sampled_from(model.RIGHTS), min_size=1),
    )
    def grant(self, person: Person, number: int, grantee: str, rights: frozenset[str]) -> None:
        pk, picture = self.chosen(number)
        expected = model.granting(picture, person, grantee, rights | {"view"})
        kind = "project" if grantee in PROJECTS else "user"
        body = {kind: grantee, "rights": sorted(rights)}
        if self.ask("grant", person, expected, "POST", f"/api/images/{pk}/grants", body):
            same = picture.grants.get(grantee)
            if same is None or same.rights != rights | {"view"}:
                picture.grants[grantee] = model.Given(rights | {"view"}, person.name)

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, grantee=st.sampled_from((*GRANTEES, *PROJECTS)))
    def take(self, person: Person, number: int, grantee: str) -> None:
        pk, picture = self.chosen(number)
        grantee = next(iter(picture.grants), grantee)
        expected = model.taking(picture, person, grantee)
        kind = "project" if grantee in PROJECTS else "user"
        path = f"/api/images/{pk}/grants/{kind}/{grantee}"
        if self.ask("take", person, expected, "DELETE", path):
            del picture.grants[grantee]


OUTCOMES = {
    "create": {201, 401, 403},
    "list": {200, 401},
    "show": {200, 401, 404},
    "protect": {200, 401, 403, 404},
    "expose": {200, 401, 403, 404},
    "upload": {204, 401, 403, 404, 409},
    "download": {200, 204, 401, 403, 404},
    "deactivate": {204, 401, 403, 404},
    "reactivate": {204, 401, 403, 404},
    "delete": {204, 401, 403, 404},
    "share": {200, 401, 403, 404, 409},
    "unshare": {204, 401, 403, 404},
    "answer": {200, 401, 403, 404},
    "grant": {201, 401, 403, 404},
    "take": {204, 401, 403, 404},
}
PAIRS = {(act, status) for act, statuses in OUTCOMES.items() for status in statuses}


def run(*, worlds: int, steps: int, machine: type[Acts] = Acts) -> Counter[tuple[str, int]]:
    """Return how often each act had each outcome in *worlds* of *steps* acts each."""
    SEEN.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=worlds,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return SEEN


def tell(seen: Counter[tuple[str, int]]) -> None:
    """Print how often each act had each outcome."""
    told = [f"{act:18}{status:5}{times:7}" for (act, status), times in sorted(seen.items())]
    sys.stdout.write("\n".join(["", *told, f"{sum(seen.values())} acts", ""]))


@pytest.mark.django_db
def test_doors_and_model_agree() -> None:
    assert set(run(worlds=12, steps=50)) <= PAIRS


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.django_db
def test_doors_and_model_agree_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    seen = run(worlds=150, steps=100)

    with capsys.disabled():
        tell(seen)
    assert sum(seen.values()) >= 5000
    assert {pair: seen[pair] for pair in PAIRS if seen[pair] < 20} == {}
