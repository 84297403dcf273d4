"""An image in the trash: as unknown at every door, and in the trash for who may delete it."""

from __future__ import annotations

from typing import Any

import pytest

from images.lifecycle.trash import trash_image
from images.models import Image
from tests.matrix.conftest import UNKNOWN, World, acting, taken_back
from tests.matrix.rules import FORM, RULES
from tests.matrix.test_images import NAMES, changed, told
from tests.matrix.test_others import LISTS
from tests.matrix.world import KINDS, OWN, PEOPLE, Person, may

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]  # it takes twice as long with it

KIND = KINDS["public"]
KNOWN = [person for person in PEOPLE.values() if person.is_known]
WHO = [PEOPLE[name] for name in ("nobody", "owner", "delete granted", "administrator")]
WATCHERS = [
    PEOPLE[name] for name in ("owner", "accepted member", "delete granted", "administrator")
]
ACTS = {
    ("GET", "/api/trash/{}"): 200,
    ("DELETE", "/api/trash/{}"): 204,
    ("POST", "/api/trash/{}/restore"): 200,
}
PAGES = ("/trash/restore", "/trash/purge")


def put(world: World) -> Image:
    """Move the image that everybody saw to the trash."""
    image = world.images[KIND.name]
    trash_image(image, actor=acting(world.users["owner"]))
    return image


def sees(person: Person) -> bool:
    """May the person know of it?"""
    sees_all = person.is_admin or person.is_auditor or person.project == OWN
    return sees_all or "delete" in person.granted


@pytest.mark.parametrize("route", RULES, ids=NAMES)
def test_it_is_as_unknown_at_every_door_to_the_byte(world: World, route: tuple[str, str]) -> None:
    differs = []
    with taken_back():
        image = put(world)
        for person in WHO:
            unknown = world.ask(route, person, KIND, image_id=UNKNOWN, pk=UNKNOWN)
            answer = world.ask(route, person, KIND)
            one, other = told(answer, str(image.pk)), told(unknown, str(UNKNOWN))
            if one != other or (person.is_known and answer.status_code != 404):
                differs.append((person.name, answer.status_code, *changed(one, other)))

    assert differs == []


def test_no_list_tells_of_it(world: World) -> None:
    wrong = []
    with taken_back():
        image = put(world)
        for person in WATCHERS:
            for path in [one for one in LISTS if not one.startswith(("/activity", "/api/events"))]:
                answer = world.send("GET", path, person, headers={"Accept": "text/html"})
                text = answer.read.decode()
                if f"secret {KIND.name} name" in text or str(image.pk) in text:
                    wrong.append((person.name, path))

    assert wrong == []


@pytest.mark.parametrize("act", ACTS)
def test_who_may_delete_restores_and_deletes_for_good(world: World, act: tuple[str, str]) -> None:
    wrong, (method, path) = [], act
    with taken_back():
        image = put(world)
        for person in PEOPLE.values():
            answer = world.send(method, path.format(image.pk), person)
            allowed = method == "GET" or may(person, "delete", KIND)
            wanted = (ACTS[act] if allowed else 403) if sees(person) else 404
            if answer.status_code != (wanted if person.is_known else 401):
                wrong.append((person.name, wanted, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_act_for_the_same_people_alone(world: World, path: str) -> None:
    wrong = []
    with taken_back():
        image = put(world)
        body = f"image={image.pk}&confirmed=yes".encode()
        for person in KNOWN:
            with taken_back():
                is_done = acts(world, person, path, body, image)
            if is_done != may(person, "delete", KIND):
                wrong.append((person.name, is_done))

    assert wrong == []


def acts(world: World, person: Person, path: str, body: bytes, image: Image) -> bool:
    """Let *person* send the form; tell whether the image left the trash."""
    client: Any = world.clients[person.name]
    client.generic("POST", path, body, content_type=FORM)
    return not hasattr(Image.remembered.get(pk=image.pk), "trashed")


def test_the_page_shows_it_to_who_may_know_of_it(world: World) -> None:
    wrong = []
    with taken_back():
        image = put(world)
        for person in KNOWN:
            path = "/trash?all=1" if person.is_admin or person.is_auditor else "/trash"
            page = world.send("GET", path, person, headers={"Accept": "text/html"}).read.decode()
            if (str(image.pk) in page) != sees(person):
                wrong.append(person.name)

    assert wrong == []
