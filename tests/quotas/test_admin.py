from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from quotas.models import Limit, Part

LIMITS, PARTS = "/admin/quotas/limit", "/admin/quotas/part"
SIZE = "image_size_total"


@pytest.fixture
def roots(db: None, client: Client) -> Client:
    """Return the administrator's browser."""
    root = people.create_user("root", actor=OPERATOR)
    people.make_administrator(root, actor=OPERATOR)
    client.force_login(root)
    return client


def told() -> list[tuple[Any, ...]]:
    """Return what events tell of limits."""
    events = Event.objects.filter(kind__startswith="quota.")
    return list(events.values_list("kind", "subject", "before", "after"))


def test_limit_made_changed_and_dropped(roots: Client) -> None:
    roots.post(f"{LIMITS}/add/", {"project": "p", "resource": SIZE, "value": "5"})
    limit = Limit.objects.get()
    roots.post(f"{LIMITS}/{limit.pk}/change/", {"value": "7", "soft": "6"})
    roots.post(f"{LIMITS}/{limit.pk}/delete/", {"post": "yes"})

    assert told() == [
        ("quota.limit.set", "p", None, {SIZE: 5}),
        ("quota.limit.set", "p", {SIZE: 5}, {SIZE: 7, f"{SIZE}.soft": 6}),
        ("quota.limit.drop", "p", {SIZE: 7, f"{SIZE}.soft": 6}, None),
    ]
    assert not Limit.objects.exists()


def test_limits_dropped_together(roots: Client) -> None:
    chosen = [Limit.objects.create(project=name, resource=SIZE, value=1).pk for name in "pq"]
    body = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    roots.post(f"{LIMITS}/", body)

    assert sorted((kind, project) for kind, project, _, _ in told()) == [
        ("quota.limit.drop", "p"),
        ("quota.limit.drop", "q"),
    ]


def test_line_beyond_the_limit_is_refused_in_words(roots: Client) -> None:
    page = roots.post(
        f"{LIMITS}/add/", {"project": "p", "resource": SIZE, "value": "5", "soft": "6"}
    )

    assert "The soft line must lie between 0 and the limit." in page.text
    assert told() == []


def test_limits_changed_together_are_shown_first(roots: Client) -> None:
    chosen = [Limit.objects.create(project=name, resource=SIZE, value=1).pk for name in "pq"]
    body = {"action": "change_together", "_selected_action": chosen}

    page = roots.post(f"{LIMITS}/", body)
    assert ("p: image_size_total 1" in page.text, "q: image_size_total 1" in page.text) == (
        True,
        True,
    )
    assert told() == []
    roots.post(f"{LIMITS}/", body | {"confirmed": "yes", "value": "9", "soft": "4"})

    assert [*Limit.objects.values_list("value", "soft")] == [(9, 4), (9, 4)]
    assert sorted((kind, project) for kind, project, _, _ in told()) == [
        ("quota.limit.set", "p"),
        ("quota.limit.set", "q"),
    ]


def test_limits_of_bytes_and_of_images_are_not_changed_together(roots: Client) -> None:
    resources = (SIZE, "image_count_total")
    chosen = [Limit.objects.create(project="p", resource=name, value=1).pk for name in resources]
    body = {"action": "change_together", "_selected_action": chosen}

    page = roots.post(f"{LIMITS}/", body | {"confirmed": "yes", "value": "9"}, follow=True)

    assert "Choose limits of one resource." in page.text
    assert told() == []


@pytest.mark.parametrize(
    "line", [{"value": ""}, {"value": "-2"}, {"value": "5", "soft": "6"}, {"value": "1e9"}]
)
def test_nonsense_for_many_changes_none(roots: Client, line: dict[str, str]) -> None:
    limit = Limit.objects.create(project="p", resource=SIZE, value=1)
    body = {"action": "change_together", "_selected_action": [limit.pk], "confirmed": "yes"}

    page = roots.post(f"{LIMITS}/", body | line)

    assert page.context["form"].errors
    assert told() == []


def test_limit_of_a_part_made_changed_and_dropped(roots: Client) -> None:
    roots.post(f"{PARTS}/add/", {"project": "p", "store": "memory", "user": "", "value": "5"})
    part = Part.objects.get()
    roots.post(f"{PARTS}/{part.pk}/change/", {"value": "7"})
    roots.post(f"{PARTS}/{part.pk}/delete/", {"post": "yes"})

    name = f"{SIZE}.store:memory"
    assert told() == [
        ("quota.limit.set", "p", None, {name: 5}),
        ("quota.limit.set", "p", {name: 5}, {name: 7}),
        ("quota.limit.drop", "p", {name: 7}, None),
    ]
    assert not Part.objects.exists()


@pytest.mark.parametrize("user", ["", "ann"])
def test_part_is_of_a_store_or_of_a_user(roots: Client, user: str) -> None:
    store = "memory" if user else ""
    body = {"project": "p", "store": store, "user": user, "value": "5"}

    page = roots.post(f"{PARTS}/add/", body)

    assert "Name a store or a user, and not both." in page.text
    assert not Part.objects.exists()


def test_limit_of_a_store_that_is_not_there_is_refused(roots: Client) -> None:
    page = roots.post(f"{PARTS}/add/", {"project": "p", "store": "memroy", "value": "5"})

    assert "There is no such store." in page.text
    assert not Part.objects.exists()
