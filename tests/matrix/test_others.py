"""Every other address: who is let in, what lists tell, and where an answer leads."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver

from tests.matrix.conftest import BACKEND, UNKNOWN, VARIABLE, World, taken_back
from tests.matrix.others import ALL, KNOWN, OPEN, OPERATE, OPERATORS, SIGNED_IN
from tests.matrix.rules import FORM, PAGES, RULES
from tests.matrix.world import KINDS, OWN, PEOPLE, sees
from tests.routes import _patterns, _plain, route_of

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]  # it takes twice as long with it

OF_IMAGE = ("/v2/images/{image_id}", "/api/images/{image_id}", "/images/{pk}", "/inbox/{pk}")
STORE_IMAGE = "/v2/stores/{store}/{image_id}"
STRANGERS = [person for person in PEOPLE.values() if not person.is_known]
UNPRIVILEGED = [person for person in PEOPLE.values() if person.is_known and not person.is_admin]
TELLING = {one for one in KNOWN | OPERATORS | SIGNED_IN if not one.startswith("/accounts/")}
OUTSIDERS = [PEOPLE[name] for name in ("nobody", "manager", "auditor")]
EVIL = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
LISTS = [
    "/v2/images?visibility=all&limit=100",
    "/v2/images?visibility=shared&member_status=all",
    "/v2/images?visibility=private",
    "/v2/images?os_hidden=true",
    "/v2/images?status=deactivated",
    "/v2/images?tag=here&visibility=all",
    "/?q=secret",
    "/?visibility=private",
    "/?status=deactivated",
    *("/inbox", "/project", "/account"),
    "/identity/v3/projects?name=p111",
    "/activity?days=30",
    "/activity.csv",
    "/activity.jsonl",
    "/api/events",
]


def methods(pattern: Any) -> set[str]:
    """Return the methods of a route; a form's PUT is its POST."""
    callback = pattern.callback
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if view is None:
        return {"GET", "POST"}
    initial = getattr(callback, "initkwargs", None) or getattr(callback, "view_initkwargs", {})
    mounted = getattr(callback, "actions", None) or {}
    names = initial.get("http_method_names", view.http_method_names)
    own = set(mounted) or {name for name in names if hasattr(view, name)}
    is_form = hasattr(view, "form_valid")
    return {name.upper() for name in own} - {"HEAD", "OPTIONS"} - ({"PUT"} if is_form else set())


ROUTES = {
    (method, _plain(address))
    for address, pattern in _patterns(get_resolver())
    for method in methods(pattern)
}


def is_of_image(address: str) -> bool:
    """Is *address* one of the first table?"""
    return address == STORE_IMAGE or address.startswith(OF_IMAGE)


def in_admin(address: str) -> bool:
    """Is *address* one of the administration?"""
    return address.startswith("/admin/")


def test_every_route_of_an_image_has_a_rule() -> None:
    assert {route for route in ROUTES if is_of_image(route[1])} == set(RULES)


def test_every_other_address_has_a_rule() -> None:
    others = {address for _, address in ROUTES if not is_of_image(address)}

    assert {address for address in others if not in_admin(address)} == ALL


def filled(world: World, address: str) -> str:
    """Return *address* with what belongs to the owner, or with what fits."""
    values = {
        "user_id": world.users["owner"].public_id,
        "project_id": OWN,
        "link": world.links["shared"],
        "link_id": world.links["shared"],
    }
    paths = (
        re.sub(VARIABLE, other, _with(values, address))
        for other in ("1", str(UNKNOWN), "0" * 32, "user")
    )
    return next((path for path in paths if is_route(path, address)), address)


def _with(values: dict[str, str], address: str) -> str:
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), address)


def is_route(path: str, address: str) -> bool:
    """Does *path* lead to *address*, of which a part may be filled in?"""
    found = route_of("GET", path)
    return found is not None and VARIABLE.sub("", found[1]).count("/") == address.count("/")


def routes_to(addresses: set[str]) -> list[tuple[str, str]]:
    """Return the routes of *addresses*, in order."""
    return sorted(route for route in ROUTES if route[1] in addresses)


def test_nobody_gets_nothing_without_a_token(world: World) -> None:
    wrong = []
    for method, address in routes_to(KNOWN | OPERATORS):
        for person in STRANGERS:
            answer = world.send(method, filled(world, address), person, body={})
            is_login = (method, address) == ("POST", "/identity/v3/auth/tokens")
            if answer.status_code != (400 if is_login else 401):
                wrong.append((method, address, person.name, answer.status_code))

    assert wrong == []


def test_nobody_is_sent_to_sign_in(world: World) -> None:
    wrong = []
    for method, address in routes_to(SIGNED_IN | OPERATE):
        for person in STRANGERS:
            answer = world.send(method, filled(world, address), person)
            is_sent = answer.headers.get("Location", "").startswith("/accounts/login/")
            if (answer.status_code, is_sent) != (302, True) and answer.status_code != 405:
                wrong.append((method, address, person.name, answer.status_code))

    assert wrong == []


def test_operators_alone_see_what_is_theirs(world: World) -> None:
    wrong = []
    for method, address in routes_to(OPERATORS):
        for person in PEOPLE.values():
            if not person.is_known:
                continue
            answer = world.send(method, filled(world, address), person)
            is_let_in = person.is_admin or (person.is_auditor and address.startswith("/v2/"))
            if (answer.status_code != 403) != is_let_in:
                wrong.append((method, address, person.name, answer.status_code))

    assert wrong == []


def test_operating_is_for_administrators_alone(world: World) -> None:
    wrong = []
    for method, address in routes_to(OPERATE):
        for person in UNPRIVILEGED:
            answer = world.send(method, filled(world, address), person)
            if answer.status_code not in {403, 404, 405}:
                wrong.append((method, address, person.name, answer.status_code))

    assert wrong == []


def test_the_administration_is_for_administrators_alone(world: World) -> None:
    wrong = []
    for method, address in sorted(route for route in ROUTES if in_admin(route[1])):
        for person in OUTSIDERS if method in {"GET", "POST"} else ():
            path = filled(world, address)
            answer = world.send(method, path, person)
            told = [name for name in KINDS if f"secret {name} name" in answer.read.decode()]
            if answer.status_code < 300 or told:
                wrong.append((method, address, person.name, answer.status_code, told))

    assert wrong == []


def test_no_list_tells_of_what_is_hidden(world: World) -> None:
    gets = [filled(world, address) for method, address in routes_to(TELLING) if method == "GET"]
    wrong = []
    for person in PEOPLE.values():
        hidden = [kind.name for kind in KINDS.values() if not sees(person, kind)]
        for path in [*gets, *LISTS] if hidden and person.is_known else ():
            text = world.send("GET", path, person, headers={"Accept": "text/html"}).read.decode()
            wrong += [
                (path, person.name, name)
                for name in hidden
                if f"secret {name} name" in text or str(world.images[name].pk) in text
            ]

    assert wrong == []


def test_others_are_as_unknown_in_the_identity_api(world: World) -> None:
    wrong = []
    own = world.users["owner"].public_id
    for method, address in routes_to({one for one in KNOWN if "{user_id}" in one}):
        for person in UNPRIVILEGED:
            if person.name == "owner":
                continue
            theirs, none = (
                world.send(method, filled(world, address).replace(own, one), person, body={})
                for one in (own, "f" * 32)
            )
            told = [one.read.replace(own.encode(), b"f" * 32) for one in (theirs, none)]
            if theirs.status_code != none.status_code or told[0] != told[1]:
                wrong.append((method, address, person.name, theirs.status_code, none.status_code))

    assert wrong == []


def test_no_private_answer_is_kept_by_a_cache(world: World) -> None:
    wrong = []
    gets = [("GET", filled(world, one)) for method, one in routes_to(ALL - OPEN) if method == "GET"]
    image = str(world.images["private"].pk)
    gets += [
        (method, address.replace("{image_id}", image).replace("{pk}", image))
        for method, address in RULES
        if method == "GET" and "{name}" not in address and "{link" not in address
    ]
    for method, path in gets:
        answer = world.send(method, path, PEOPLE["owner"], headers={"Accept": "text/html"})
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append((path, answer.status_code, answer.headers.get("Cache-Control")))

    assert wrong == []


@pytest.mark.parametrize("evil", EVIL)
def test_no_answer_leads_to_another_site(world: World, evil: str) -> None:
    wrong = []
    fields = {"next": evil, "theme": "dark", "language": "en", "project": OWN}
    for method, address in routes_to(ALL | {"/admin/login/", "/admin/logout/"}):
        for person in (PEOPLE["nobody"], PEOPLE["owner"]):
            client = Client(headers={"Referer": evil, "Accept": "text/html"})
            with taken_back():
                if person.is_known:
                    client.force_login(world.users[person.name], backend=BACKEND)
                path = filled(world, address)
                answer: Any = getattr(client, method.lower())(path, fields)
                place = answer.headers.get("Location", "")
            if "evil" in urlsplit(place).netloc or place.startswith(("//", "/\\", "javascript")):
                wrong.append((method, address, person.name, place))

    assert wrong == []


def test_no_page_acts_without_the_forms_token(world: World) -> None:
    """The token of an upload is looked at after the state of the image, and after the bytes."""
    client, wrong = Client(enforce_csrf_checks=True), []
    image = str(world.images["shared"].pk)
    with taken_back():
        client.force_login(world.users["owner"], backend=BACKEND)
        for method, address in sorted(
            {*PAGES, *routes_to(SIGNED_IN | OPERATE | {"/accounts/logout/"})}
        ):
            if method == "GET":
                continue
            whole = address.replace("{pk}", image) if is_of_image(address) else address
            answer = client.generic(method, filled(world, whole), b"", content_type=FORM)
            if answer.status_code != 403 and address != "/images/{pk}/upload":
                wrong.append((method, address, answer.status_code))

    assert wrong == []


def test_no_api_acts_by_a_session_without_the_forms_token(world: World) -> None:
    client, wrong = Client(enforce_csrf_checks=True), []
    image = str(world.images["shared"].pk)
    with taken_back():
        client.force_login(world.users["owner"], backend=BACKEND)
        for method, address in sorted({*RULES, *routes_to(KNOWN)} - set(PAGES)):
            if method == "GET" or address == "/identity/v3/auth/tokens":
                continue
            path = filled(world, address.replace("{image_id}", image))
            answer = client.generic(method, path, b"{}", content_type="application/json")
            if answer.status_code not in {401, 403}:
                wrong.append((method, address, answer.status_code))

    assert wrong == []


def test_the_administration_changes_nothing_behind_the_verbs() -> None:
    ours = ("images", "metadefs", "identity", "quotas")
    pages = [page for model, page in admin.site._registry.items() if model._meta.app_label in ours]

    edited = [str(page) for page in pages if page.list_editable]
    sweeping = [
        str(page)
        for page in pages
        if type(page).has_delete_permission is admin.ModelAdmin.has_delete_permission
        and "delete_queryset" not in vars(type(page))
    ]

    assert len(pages) > 10
    assert (edited, sweeping) == ([], [])
