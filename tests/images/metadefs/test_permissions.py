from __future__ import annotations

from itertools import product

import pytest

from images.actors import NOBODY
from images.errors import Forbidden, NotVisible
from images.metadefs.models import Namespace
from images.metadefs.permissions import ACTIONS, can_see, permit
from images.metadefs.states import Visibility
from tests.conftest import OTHER, PROJECT, THIRD, actor
from tests.images.metadefs.conftest import MakeNamespace

pytestmark = pytest.mark.django_db


def test_visible_rows_are_the_namespaces_that_can_be_seen(make_namespace: MakeNamespace) -> None:
    for owner, visibility in product((PROJECT, OTHER), Visibility.values):
        make_namespace(f"{owner} {visibility}", owner=owner, visibility=visibility)
    roles = ("reader", "member", "manager", "admin", "service")
    asking = [actor(project, role) for project, role in product((PROJECT, THIRD, None), roles)]
    rows = list(Namespace.objects.all())

    for one in [*asking, NOBODY, actor(PROJECT)]:
        visible = set(Namespace.objects.visible_to(one))
        assert visible == {row for row in rows if can_see(one, row)}, one

    counts = [Namespace.objects.visible_to(one).count() for one in asking]
    assert counts == [3, 3, 3, 4, 0, 2, 2, 2, 4, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("action", ACTIONS)
def test_administrators_write_and_nobody_else(make_namespace: MakeNamespace, action: str) -> None:
    namespace = make_namespace()

    permit(actor(THIRD, "admin"), action, namespace)
    with pytest.raises(Forbidden):
        permit(actor(PROJECT, "manager"), action, namespace)
    with pytest.raises(NotVisible):
        permit(actor(THIRD, "manager"), action, namespace)
