"""Operations one after the other on one image: every answer fits, whatever came before."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.openapi.site import RAW, Site
from tests.openapi.test_operations import bounded, check

CHOSEN_BY_HEADERS = {"X-OpenStack-Image-Size", "X-Image-Meta-Store"}
LIFE = (
    *("show_an_image", "change_an_image"),
    *("upload_data", "download_data", "deactivate_an_image", "reactivate_an_image"),
    *("add_a_tag", "remove_a_tag", "add_a_member", "list_members"),
)
DEATH = "delete_an_image"


def walk(site: Site, times: int) -> Counter[str]:
    """Live *times* through the life of an image, and return how often each act succeeded."""
    acts = {name: site.operation(name).as_strategy() for name in (*LIFE, DEATH)}
    done: Counter[str] = Counter()

    @settings(bounded, max_examples=times)
    @given(data=st.data())
    def live(data: Any) -> None:
        image = site.send("POST", "/v2/images", json=RAW).json()["id"]
        place = {"image_id": image, "project": site.ids["project"], "tag": "known"}
        life = data.draw(st.lists(st.sampled_from(LIFE), min_size=6, max_size=16))
        for name in [*life[:2], "upload_data", "add_a_tag", *life[2:], DEATH, life[0]]:
            case = data.draw(acts[name])
            for header in CHOSEN_BY_HEADERS:
                case.headers.pop(header, None)
            answer = check(site, case, place=place, who="member")
            done[name] += answer.status_code < 300

    live()
    return done


def test_acts_on_one_image(site: Site) -> None:
    done = walk(site, 60)

    assert sorted(+done) == sorted((*LIFE, DEATH))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_acts_on_one_image_for_long(site: Site) -> None:
    assert walk(site, 1000).total() > 1000
