"""Reaching for what is another's: its answer, a share, an owner, all eyes (scorecard A3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from images.models import Image
from tests.matrix.conftest import World
from tests.matrix.rules import FORM, PATCH
from tests.matrix.world import ACCEPTED, ELSEWHERE, KINDS, OWN, PENDING, PEOPLE, Kind, Person, may

pytestmark = pytest.mark.django_db
OTHERS = [person for person in PEOPLE.values() if not person.is_admin]
IMAGE = "/v2/images/{}"


@dataclass(frozen=True, slots=True)
class Reach:
    """One request; *is_due* tells for whom it would be no reach but a right."""

    method: str
    path: str
    body: Callable[[Person], Any]
    media_type: str = "application/json"
    is_due: Callable[[Person, Kind], bool] = lambda person, kind: False


def replace(name: str, value: str) -> Callable[[Person], Any]:
    """Return a patch of one field, whoever sends it."""
    return lambda person: [{"op": "replace", "path": f"/{name}", "value": value}]


def shares(person: Person, kind: Kind) -> bool:
    """May the person share the image?"""
    return may(person, "share", kind)


def edited(person: Person) -> bytes:
    """Return the page's form, filled in as if its sender could choose who sees the image."""
    fields = {"name": "taken", "disk_format": "raw", "container_format": "bare"}
    fields |= {"min_disk": "0", "min_ram": "0", "tags": ""}
    rows = {"properties-TOTAL_FORMS": 0, "properties-INITIAL_FORMS": 0}
    return urlencode(fields | rows | {"visibility": "public", "owner": person.project}).encode()


REACHES = {
    "accept for another": Reach(
        "PUT",
        IMAGE + f"/members/{PENDING}",
        lambda person: {"status": "accepted"},
        is_due=lambda person, kind: person.project == PENDING,
    ),
    "take an answer back for another": Reach(
        "PUT",
        IMAGE + f"/members/{ACCEPTED}",
        lambda person: {"status": "rejected"},
        is_due=lambda person, kind: person.project == ACCEPTED,
    ),
    "add oneself": Reach(
        "POST", IMAGE + "/members", lambda person: {"member": person.project}, is_due=shares
    ),
    "grant oneself": Reach(
        "POST",
        "/api/images/{}/grants",
        lambda person: {"user": person.name, "rights": ["delete"]},
        is_due=lambda person, kind: shares(person, kind) and may(person, "delete", kind),
    ),
    "grant the own project": Reach(
        "POST",
        "/api/images/{}/grants",
        lambda person: {"project": person.project, "rights": ["change"]},
        is_due=lambda person, kind: shares(person, kind) and may(person, "change", kind),
    ),
    "give it away": Reach("PATCH", IMAGE, replace("owner", ELSEWHERE), PATCH),
    "take it": Reach(
        "PATCH",
        IMAGE,
        lambda person: [{"op": "replace", "path": "/owner", "value": person.project}],
        PATCH,
        is_due=lambda person, kind: person.project == OWN,  # then it changes nothing
    ),
    "publicize": Reach("PATCH", IMAGE, replace("visibility", "public"), PATCH),
    "publicize on the page": Reach("POST", "/images/{}/edit", edited, FORM),
    "make one for another": Reach(
        "POST",
        "/v2/images",
        lambda person: {"owner": OWN if person.project != OWN else ELSEWHERE},
    ),
    "make a public one": Reach("POST", "/v2/images", lambda person: {"visibility": "public"}),
}
REFUSED = {400, 401, 403, 404}


@pytest.mark.parametrize("name", REACHES)
def test_nobody_reaches_for_what_is_anothers(world: World, name: str) -> None:
    reach, wrong = REACHES[name], []
    for person in OTHERS:
        for kind in KINDS.values():
            is_public = name.startswith("publicize") and kind.visibility == "public"
            if is_public or reach.is_due(person, kind):
                continue
            path = reach.path.format(world.images[kind.name].pk)
            body, media_type = reach.body(person), reach.media_type
            answer = world.send(reach.method, path, person, body=body, media_type=media_type)
            is_sent_away = answer.headers.get("Location", "").startswith("/accounts/login/")
            if answer.status_code not in REFUSED and not is_sent_away:
                wrong.append((person.name, kind.name, answer.status_code))

    assert wrong == []
    assert Image.objects.filter(visibility="public").count() == 1
