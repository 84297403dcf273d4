from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from portal.middleware import request_id

NEW = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("asked", ["abc", "req-abc"])
def test_decent_request_id_is_kept(asked: str) -> None:
    assert request_id(asked) == "req-abc"


@pytest.mark.parametrize("asked", ["", "a" * 61, "two words", "a\r\nb", "ü", "req-"])
def test_other_request_id_is_made_anew(asked: str) -> None:
    assert NEW.fullmatch(request_id(asked))


def test_request_id_is_answered(client: Client) -> None:
    name = str(uuid.uuid4())

    answer = client.get("/versions", headers={"X-Openstack-Request-Id": name})

    assert answer["X-Openstack-Request-Id"] == f"req-{name}"


def test_answers_of_the_api_have_an_id_too(client: Client) -> None:
    assert NEW.fullmatch(client.get("/v2/images")["X-Openstack-Request-Id"])
