from typing import Any

from django.db import migrations


def to_attempts(apps: Any, schema_editor: Any) -> None:
    """Write what an upload of unknown size holds into the row of its attempt."""
    locations = apps.get_model("images", "Location").objects
    for held in apps.get_model("quotas", "Reservation").objects.iterator():
        locations.filter(pk=held.attempt).update(allowance=held.size)


def to_reservations(apps: Any, schema_editor: Any) -> None:
    """Write it into rows of its own again."""
    reservations = apps.get_model("quotas", "Reservation").objects
    attempts = apps.get_model("images", "Location").objects.filter(status="writing", size=None)
    for attempt in attempts.select_related("image"):
        project, size = attempt.image.owner or "", attempt.allowance or 0
        reservations.create(attempt=attempt.pk, usage_id=project, size=size)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0005_daily_use"), ("images", "0011_location_allowance")]

    operations = [migrations.RunPython(to_attempts, to_reservations)]
