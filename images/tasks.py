"""Background entry points: each calls one verb of the lifecycle."""

from __future__ import annotations

from django_tasks import task

from images.lifecycle.location_import import import_location


@task()
def run_task(pk: str) -> None:
    """Do the task *pk*; locations are all that is imported as yet."""
    import_location(pk)
