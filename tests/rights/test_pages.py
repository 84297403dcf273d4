"""The same random people, who use the portal's pages as well: two doors, one world, one model."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from portal.identity.models import User
from tests.rights import model
from tests.rights.model import Person, Picture
from tests.rights.people import GRANTEES, NOBODY, PEOPLE, PROJECTS
from tests.rights.test_machine import SEEN, Acts, run, someone, somewhere, tell, which

BACKEND = "portal.identity.backends.PeopleBackend"
FORMSET = {"properties-TOTAL_FORMS": "0", "properties-INITIAL_FORMS": "0"}


def on_page(expected: HTTPStatus, method: str) -> HTTPStatus:
    """Return what a page answers where the API answers *expected*."""
    if expected == HTTPStatus.NO_CONTENT and method == "get":
        return HTTPStatus.CONFLICT  # no data to download
    if expected == HTTPStatus.UNAUTHORIZED:
        return HTTPStatus.FOUND  # to the page that signs in
    is_done = expected < HTTPStatus.BAD_REQUEST
    return HTTPStatus.FOUND if is_done and method == "post" else expected


class Pages(Acts):
    """Acts of the API's door, and of pages: what one changes, the other shows."""

    def __init__(self) -> None:
        super().__init__()
        self.browsers: dict[Person, Client] = {}
        self.trash: dict[str, Picture] = {}

    def browser(self, person: Person) -> Client:
        """Return the browser of *person*, who is signed in and acts in the own project."""
        if person not in self.browsers:
            client = self.browsers[person] = Client(headers={"Accept": "text/html"})
            if person != NOBODY:
                client.force_login(User.objects.get(username=person.name), backend=BACKEND)
                chosen = {"project": self.projects[person.project].pk}
                assert client.post("/accounts/project/", chosen).status_code == HTTPStatus.FOUND
        return self.browsers[person]

    def look(
        self,
        act: str,
        person: Person,
        expected: HTTPStatus,
        path: str,
        fields: dict[str, Any] | None = None,
    ) -> bool:
        """Open a page, or send a form; compare, count, and tell whether the act was done."""
        method = "get" if fields is None else "post"
        response = getattr(self.browser(person), method)(path, fields)
        response.getvalue()  # to the end, as a browser does; `close` would end the world with it
        is_sent_away = response.headers.get("Location", "").startswith("/accounts/login/")
        told = (act, person, response.status_code)
        assert response.status_code == on_page(expected, method), told
        assert is_sent_away == (expected == HTTPStatus.UNAUTHORIZED), told
        SEEN[f"page: {act}", int(expected)] += 1
        return expected < HTTPStatus.BAD_REQUEST

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which)
    def show_page(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        self.look("show", person, model.showing(picture, person), f"/images/{pk}")

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which)
    def download_page(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        expected = model.downloading(picture, person)
        self.look("download", person, expected, f"/images/{pk}/download")

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, is_protected=st.booleans())
    def edit_page(self, person: Person, number: int, *, is_protected: bool) -> None:
        pk, picture = self.chosen(number)
        fields = FORMSET | {"name": "disk", "disk_format": "raw", "container_format": "bare"}
        fields |= {"visibility": picture.visibility, "min_disk": "0", "min_ram": "0", "tags": ""}
        fields |= {"protected": "on"} if is_protected else {}
        expected = model.renaming(picture, person)
        if self.look("edit", person, expected, f"/images/{pk}/edit", fields):
            picture.is_protected = is_protected

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, act=st.sampled_from(["deactivate", "reactivate"]))
    def switch_page(self, person: Person, number: int, act: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.switching(picture, person)
        if self.look(act, person, expected, f"/images/{pk}/{act}", {}):
            picture.status = "deactivated" if act == "deactivate" else "active"

    @precondition(lambda self: len(self.pictures) > 3)
    @rule(person=someone, number=which)
    def delete_page(self, person: Person, number: int) -> None:
        pk, picture = self.chosen(number)
        expected = model.deleting(picture, person)
        if self.look("delete", person, expected, f"/images/{pk}/delete", {}):
            self.trash[pk] = self.pictures.pop(pk)

    @precondition(lambda self: self.trash)
    @rule(person=someone, number=which)
    def restore(self, person: Person, number: int) -> None:
        pk, picture = list(self.trash.items())[number % len(self.trash)]
        expected = model.taking_out(picture, person, HTTPStatus.OK)
        if self.ask("restore", person, expected, "POST", f"/api/trash/{pk}/restore"):
            self.pictures[pk] = self.trash.pop(pk)

    @precondition(lambda self: len(self.trash) > 1)
    @rule(person=someone, number=which)
    def purge(self, person: Person, number: int) -> None:
        pk, picture = list(self.trash.items())[number % len(self.trash)]
        expected = model.taking_out(picture, person, HTTPStatus.NO_CONTENT)
        if self.ask("purge", person, expected, "DELETE", f"/api/trash/{pk}"):
            del self.trash[pk]

    @precondition(lambda self: self.trash)
    @rule(person=st.sampled_from(PEOPLE))
    def list_trash(self, person: Person) -> None:
        found = self.doors[person].get("/api/trash?limit=100").json()["trash"]

        known = {pk for pk, one in self.trash.items() if one.is_in_trash_for(person)}
        assert {one["id"] for one in found} == known, person

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, project=somewhere)
    def share_page(self, person: Person, number: int, project: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.sharing(picture, person, project)
        if self.look("share", person, expected, f"/images/{pk}/share", {"project": project}):
            picture.members[project] = "pending"

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, project=somewhere)
    def unshare_page(self, person: Person, number: int, project: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.unsharing(picture, person, project)
        path = f"/images/{pk}/share/{self.projects[project].pk}"
        if self.look("unshare", person, expected, path, {}):
            del picture.members[project]

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, status=st.sampled_from(["accepted", "rejected"]))
    def answer_page(self, person: Person, number: int, status: str) -> None:
        pk, picture = self.chosen(number)
        expected = model.answering_at_home(picture, person)
        if self.look("answer", person, expected, f"/inbox/{pk}", {"answer": status}):
            picture.members[person.project] = status

    @precondition(lambda self: self.pictures)
    @rule(
        person=someone,
        number=which,
        grantee=st.sampled_from((*GRANTEES, *PROJECTS)),
        rights=st.frozensets(st.sampled_from(model.RIGHTS), min_size=1),
    )
    def grant_page(self, person: Person, number: int, grantee: str, rights: frozenset[str]) -> None:
        pk, picture = self.chosen(number)
        given = rights | {"view"}
        expected = model.granting_on_page(picture, person, grantee, given)
        path = f"/images/{pk}/grants/{'project' if grantee in PROJECTS else 'user'}"
        if self.look("grant", person, expected, path, {"name": grantee, "rights": sorted(rights)}):
            same = picture.grants.get(grantee)
            if same is None or same.rights != given:
                picture.grants[grantee] = model.Given(given, person.name)

    @precondition(lambda self: self.pictures)
    @rule(person=someone, number=which, grantee=st.sampled_from((*GRANTEES, *PROJECTS)))
    def take_page(self, person: Person, number: int, grantee: str) -> None:
        pk, picture = self.chosen(number)
        grantee = next(iter(picture.grants), grantee)
        expected = model.taking(picture, person, grantee)
        kind = "project" if grantee in PROJECTS else "user"
        if self.look("take", person, expected, f"/images/{pk}/grants/{kind}/{grantee}", {}):
            del picture.grants[grantee]


OUTCOMES = {
    "show": {200, 401, 404},
    "download": {200, 204, 401, 403, 404},
    "edit": {200, 401, 403, 404},
    "deactivate": {204, 401, 403, 404},
    "reactivate": {204, 401, 403, 404},
    "delete": {204, 401, 403, 404},
    "share": {200, 401, 403, 404, 409},
    "unshare": {204, 401, 403, 404},
    "answer": {200, 401, 403, 404},
    "grant": {201, 400, 401, 403, 404},
    "take": {204, 401, 403, 404},
}
DONE = (200, 201, 204)
PAIRS = {(f"page: {act}", status) for act, statuses in OUTCOMES.items() for status in statuses}


@pytest.mark.django_db
def test_pages_and_model_agree() -> None:
    seen = run(worlds=6, steps=40, machine=Pages)

    assert {pair for pair in seen if pair[0].startswith("page: ")} <= PAIRS


@pytest.mark.soak
@pytest.mark.timeout(2400)
@pytest.mark.django_db
def test_pages_and_model_agree_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    seen = run(worlds=150, steps=100, machine=Pages)

    with capsys.disabled():
        tell(seen)
    pages = {pair: times for pair, times in seen.items() if pair[0].startswith("page: ")}
    done = {act: sum(pages.get((f"page: {act}", one), 0) for one in DONE) for act in OUTCOMES}
    assert set(pages) <= PAIRS
    assert {act: times for act, times in done.items() if times < 10} == {}
