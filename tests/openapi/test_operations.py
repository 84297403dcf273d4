"""Each operation by itself: whatever is sent, it answers what the document says it may."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.specs.openapi.checks import unsupported_method

from portal.openapi import document
from tests.openapi.site import CHECKS, SERVERS_OWN, Site

OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for path in json.loads(document())["paths"].values()
    for operation in path.values()
}
TO_ANY_METHOD = {"discover_the_image_api", "list_versions", "list_versions_again"}
INPUTS = {"parameters", "requestBody", "security"}
bounded = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def check(site: Site, case: Case[Any], *, place: dict[str, str], who: str) -> Response:
    """Send *case* to *place*, as far as it has one, and hold the answer against the document."""
    case.path_parameters |= {key: place[key] for key in case.path_parameters if key in place}
    answer = case.call(session=site.session, headers={"X-Auth-Token": site.tokens[who]})
    is_any = case.operation.definition.raw["operationId"] in TO_ANY_METHOD
    excluded = [unsupported_method] if is_any else []
    if answer.status_code not in SERVERS_OWN:
        case.validate_response(answer, checks=CHECKS, excluded_checks=excluded)
    return answer


def send_every_edge(site: Site, name: str, *, most: int) -> None:
    """Send the least, the largest, the wrong and the missing of each part of an operation.

    Of more than *most* cases every second, third or so is sent.
    """
    operation = site.operation(name)
    edges = site.schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=site.schema.config.generation,
    )
    cases = list(edges)
    places = cycle([{}, *site.make_known()])
    people = cycle(["member", "admin"])
    for case in cases[:: len(cases) // most + 1]:
        check(site, case, place=next(places), who=next(people))


def send_anything(site: Site, name: str, *, times: int) -> None:
    """Send what may come into somebody's head, right or wrong, as everybody."""
    operation = site.operation(name)
    modes = GenerationMode if OPERATIONS[name].keys() & INPUTS else [GenerationMode.POSITIVE]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])
    places = st.sampled_from([{}, *site.make_known()])

    @settings(bounded, max_examples=times)
    @given(case=cases, place=places, who=st.sampled_from(sorted(site.tokens)))
    def send(case: Case[Any], place: dict[str, str], who: str) -> None:
        check(site, case, place=place, who=who)

    send()


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_answers_as_it_is_described(site: Site, name: str) -> None:
    send_every_edge(site, name, most=25)
    send_anything(site, name, times=5)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_answers_as_it_is_described_for_long(site: Site, name: str) -> None:
    send_every_edge(site, name, most=10_000)
    send_anything(site, name, times=300)
