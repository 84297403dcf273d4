"""What the Keystone says a project may have: unified limits of the image service.

A registered limit is every project's, a limit one project's own; those of this region go before
those of all. Names and units are the Image API's: sizes are MiB there, and bytes here.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Q

from images.errors import LimitsUnknown
from portal.configuration.keystone import BOTH
from portal.identity.errors import SourceDown
from portal.identity.keystone.connection import ask
from portal.identity.keystone.memory import ShortMemory
from portal.identity.models import Project
from portal.identity.sources import Source
from quotas.elsewhere import Elsewhere

IN_MIB = frozenset({"image_size_total", "image_stage_total"})
MIB = 1 << 20
LONG = 24 * 3600
"""Seconds in which what was known counts on while the Keystone does not answer."""
SILENCE = 10
"""Seconds without a question after one that was not answered."""

EVERYBODY = "*"
"""Under this, no id of a project, is remembered what was said of all."""

_All = tuple[dict[str, int], dict[str, dict[str, int]]]
_fresh, _last, _services = ShortMemory(), ShortMemory(), ShortMemory()


def limits_of(project: str) -> dict[str, int]:
    """Return the limits that *project* has there, by their names: bytes or a count, -1 for none.

    What is not limited there is left out. Raises `LimitsUnknown`.
    """
    known: dict[str, int] | None = _fresh.get(project)
    return _asked(project) if known is None else known


def limits_of_all() -> Elsewhere:
    """Return the limits that `limits_of` tells, of all projects at once: in two questions.

    What was asked is remembered as long as of one project. While the Keystone was never heard, it
    says nothing: who looks at all projects is no act that a limit could refuse.
    """
    known: _All = _fresh.get(EVERYBODY) or _asked_of_all()
    besides = Q(project="")
    if settings.IDENTITY == BOTH:
        ours = Project.objects.filter(source=Source.LOCAL)
        besides |= Q(project__in=ours.values("pk"))
    return Elsewhere(*known, besides)


def _asked_of_all() -> _All:
    """Return what the Keystone says now, or said last, and remember it."""
    try:
        known = _ask_of_all()
    except SourceDown:
        known = _last.get(EVERYBODY) or ({}, {})
        _fresh.set(EVERYBODY, known, time=SILENCE)
    else:
        _fresh.set(EVERYBODY, known, time=settings.KEYSTONE["LIMIT_SECONDS"])
        _last.set(EVERYBODY, known, time=LONG)
    return known


def _ask_of_all() -> _All:
    """Return the registered limits by their names, and by project its own."""
    usual: dict[str, int] = {}
    own: dict[str, dict[str, int]] = {}
    for service in _services_of_images():
        registered = ask("/registered_limits", service_id=service) or {"registered_limits": []}
        limits = ask("/limits", service_id=service) or {"limits": []}
        usual |= _in_force(registered["registered_limits"], "default_limit")
        of_projects: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for limit in limits["limits"]:
            of_projects[limit["project_id"] or ""].append(limit)
        for project, theirs in of_projects.items():
            own[project] = own.get(project, {}) | _in_force(theirs, "resource_limit")
    return usual, own


def learn(project: str) -> None:
    """Ask for the limits of *project* now, unless they are known, and not in a transaction."""
    if settings.KEYSTONE["LIMIT_SECONDS"]:
        try:
            limits_of(project)
        except LimitsUnknown:
            return  # whoever needs them says so


def _asked(project: str) -> dict[str, int]:
    """Return what the Keystone says now, or said last, and remember it."""
    try:
        known = _ask(project)
    except SourceDown as trouble:
        known = _last.get(project)
        if known is None:
            raise LimitsUnknown("The limits of the project are not known now; try again.") from (
                trouble
            )
        _fresh.set(project, known, time=SILENCE)
    else:
        _fresh.set(project, known, time=settings.KEYSTONE["LIMIT_SECONDS"])
        _last.set(project, known, time=LONG)
    return known


def _ask(project: str) -> dict[str, int]:
    """Return the limits of *project* by their names, its own last."""
    if not project or (settings.IDENTITY == BOTH and _is_ours(project)):
        return {}
    found: dict[str, int] = {}
    for service in _services_of_images():
        registered = ask("/registered_limits", service_id=service) or {"registered_limits": []}
        own = ask("/limits", service_id=service, project_id=project) or {"limits": []}
        found |= _in_force(registered["registered_limits"], "default_limit")
        found |= _in_force(own["limits"], "resource_limit")
    return found


def _is_ours(project: str) -> bool:
    return Project.objects.filter(pk=project, source=Source.LOCAL).exists()


def _services_of_images() -> list[str]:
    """Return the ids of the services of type image; they are remembered, since they stay."""
    known: list[str] | None = _services.get("image")
    if not known:
        answer = ask("/services", type="image") or {"services": []}
        known = [service["id"] for service in answer["services"]]
        _services.set("image", known, time=settings.KEYSTONE["RECHECK_SECONDS"])
    return known


def _in_force(limits: list[dict[str, Any]], value: str) -> dict[str, int]:
    """Return those of *limits* that hold in this region, in our units."""
    here = [limit for limit in limits if limit.get("region_id") in {None, settings.REGION}]
    here.sort(key=lambda limit: limit.get("region_id") is not None)
    return {limit["resource_name"]: _ours(limit["resource_name"], limit[value]) for limit in here}


def _ours(resource: str, value: int) -> int:
    return value * MIB if resource in IN_MIB and value >= 0 else value
