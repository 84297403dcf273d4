from __future__ import annotations

import pytest

from images.actors import Actor
from images.models import Event
from portal.identity import people
from portal.identity.errors import BadValue, NotPermitted
from portal.identity.models import User


def test_ones_own_language_is_kept_and_told_once(alice: User, alice_in_demo: Actor) -> None:
    for _ in range(2):
        people.keep_language(alice, "zh-hans", actor=alice_in_demo)

    alice.refresh_from_db()
    event = Event.objects.latest("pk")
    assert alice.language == "zh-hans"
    assert (event.kind, event.subject) == ("identity.user.update", alice.public_id)
    assert (event.before, event.after) == ({"language": ""}, {"language": "zh-hans"})
    assert Event.objects.filter(kind="identity.user.update").count() == 1


@pytest.mark.parametrize("language", ["de", "", "zh-hans\n", "x" * 99])
def test_a_language_that_no_page_speaks_is_refused(
    alice: User, alice_in_demo: Actor, language: str
) -> None:
    with pytest.raises(BadValue):
        people.keep_language(alice, language, actor=alice_in_demo)


def test_nobody_chooses_for_another(bob: User, alice_in_demo: Actor) -> None:
    with pytest.raises(NotPermitted):
        people.keep_language(bob, "en", actor=alice_in_demo)
