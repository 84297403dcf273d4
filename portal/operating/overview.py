"""What an operator looks at first: what works, what moves, what is stuck, what is still to be set.

Each number is one query by an index, and leads to its list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Min
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from images.models import Event, Image, Location, Task
from images.states import LocationStatus, Status, TaskStatus
from portal.identity.models import Project
from quotas.near import by_share, near

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

PATIENCE = timedelta(minutes=2)
"""After so long nobody does what should have been done at once."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many there are of something; *is_bad*: somebody should look at it; *link*: its list."""

    title: str
    count: int
    link: str = ""
    is_bad: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to set up once; *hint* says how."""

    title: str
    is_done: bool
    hint: str


def numbers() -> list[Number]:
    """Return what moves, what is stuck and what failed."""
    day = Now() - timedelta(days=1)
    failed = Task.objects.filter(status=TaskStatus.FAILURE, updated_at__gt=day)
    corrupt = Event.objects.filter(kind="image.corrupt", created_at__gt=Now() - timedelta(days=30))
    full = near(by_share())
    return [
        Number(_("Uploads now"), _saving().count(), f"{reverse('image-list')}?status=saving"),
        _stuck(),
        _leftovers(),
        Number(
            _("Projects near their limits"), full.count(), reverse("operate-limits"), full.exists()
        ),
        _bad(_("Failed tasks of the last day"), failed, _admin("images_task", "status=failure")),
        _bad(
            _("Images found corrupt in 30 days"),
            corrupt,
            f"{reverse('activity')}?kind=image.corrupt",
        ),
    ]


def work() -> Number:
    """Return how much waits for a worker, and since when."""
    waiting = DBTaskResult.objects.ready()
    oldest: datetime | None = waiting.aggregate(oldest=Min("enqueued_at"))["oldest"]
    is_late = oldest is not None and timezone.now() - oldest > PATIENCE
    hint = _("Nobody has taken the oldest for minutes: start manage.py db_worker.")
    return Number(_("Tasks that wait for a worker"), waiting.count(), "", is_late, hint)


def steps() -> list[Step]:
    """Return what a new site still has to do; nothing once all of it is done."""
    found = [
        Step(
            _("Encrypted addresses"),
            settings.IS_TLS,
            _("Put the service behind TLS and set VITRINE_PUBLIC_URL to its https address."),
        ),
        Step(_("Mail"), settings.HAS_MAIL, _("Set VITRINE_EMAIL_URL, so that people get mails.")),
        Step(
            _("A project"),
            Project.objects.exists(),
            _("Make one under Projects, and invite its people."),
        ),
        Step(
            _("A worker"),
            DBTaskResult.objects.finished().exists() or not work().is_bad,
            _("Start manage.py db_worker beside the web server."),
        ),
        Step(
            _("A first image"),
            Image.objects.filter(status=Status.ACTIVE).exists(),
            _("Upload one, by the page or the command line."),
        ),
    ]
    return [] if all(step.is_done for step in found) else found


def _saving() -> QuerySet[Image]:
    return Image.objects.filter(status=Status.SAVING)


def _stuck() -> Number:
    """Return the uploads whose worker died and that no reaper has undone."""
    stale = Location.objects.stale().filter(heartbeat_at__lt=Now() - PATIENCE)
    hint = _("The reaper should have undone them: start manage.py reap --every 30.")
    link = _admin("images_location", f"status={LocationStatus.WRITING}")
    return Number(_("Stuck uploads"), stale.count(), link, stale.exists(), hint)


def _leftovers() -> Number:
    """Return the objects that stores could not remove yet."""
    rows = Location.objects.filter(status=LocationStatus.DELETING)
    link = _admin("images_location", f"status={LocationStatus.DELETING}")
    return Number(_("Objects still to be removed"), rows.count(), link)


def _bad(title: str, rows: QuerySet[Task] | QuerySet[Event], link: str) -> Number:
    count = rows.count()
    return Number(title, count, link, is_bad=count > 0)


def _admin(table: str, query: str) -> str:
    name, _underscore, what = query.partition("=")
    return f"{reverse(f'admin:{table}_changelist')}?{name}__exact={what}"
