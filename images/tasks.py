"""Background entry points: each calls one verb of the lifecycle."""

from __future__ import annotations

from django_tasks import task

from images.lifecycle.location_import import import_location
from images.lifecycle.verification import check_data


@task()
def run_task(pk: str) -> None:
    """Do the task *pk*; locations are all that is imported as yet."""
    import_location(pk)


@task()
def run_check(pk: str) -> None:
    """Read the data of an image again, for the task *pk*."""
    check_data(pk)
