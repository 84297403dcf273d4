from typing import Any

from django.db import migrations
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_uploads(apps: Any, schema_editor: Any) -> None:
    """Count the uploads that are under way now: each holds a reservation, or its image imports."""
    usage, reservation = (apps.get_model("quotas", name) for name in ("Usage", "Reservation"))
    image = apps.get_model("images", "Image")
    held = reservation.objects.filter(usage=OuterRef("pk")).order_by().values("usage")
    importing = image.objects.filter(owner=OuterRef("pk"), status="importing").order_by()
    usage.objects.update(uploads=counted(held))
    usage.objects.update(uploads=F("uploads") + counted(importing.values("owner")))


def counted(rows: Any) -> Coalesce:
    """Return how many *rows* there are, which are grouped."""
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


class Migration(migrations.Migration):
    dependencies = [
        ("quotas", "0003_uploads_under_way_and_parts"),
        ("images", "0009_location_uploader"),
    ]

    operations = [migrations.RunPython(count_uploads, migrations.RunPython.noop)]
