from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from images.models import Event
from portal.identity import people
from portal.identity.actors import OPERATOR
from quotas.models import Limit

LIMITS = "/admin/quotas/limit"
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
