from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from images.models.trashed import Moment

STATUSES = [
    ("queued", "queued"),
    ("saving", "saving"),
    ("uploading", "uploading"),
    ("importing", "importing"),
    ("active", "active"),
    ("deactivated", "deactivated"),
    ("deleted", "deleted"),
]


def restore_all(apps: Any, schema_editor: Any) -> None:
    """Bring everything back: the release before knows no trash, and would keep the bytes for ever."""
    images, trash = (apps.get_model("images", name).objects for name in ("Image", "Trashed"))
    for trashed in trash.iterator():
        images.filter(pk=trashed.pk).update(status=trashed.status, deleted_at=None)


class Migration(migrations.Migration):
    dependencies = [("images", "0012_checks_are_tasks")]

    operations = [
        migrations.CreateModel(
            name="Trashed",
            fields=[
                (
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="images.image",
                    ),
                ),
                ("owner", models.CharField(max_length=255, null=True, verbose_name="owner")),
                (
                    "status",
                    models.CharField(choices=STATUSES, max_length=16, verbose_name="status"),
                ),
                ("user", models.CharField(blank=True, max_length=255, verbose_name="moved by")),
                (
                    "trashed_at",
                    models.DateTimeField(
                        db_default=Moment(),
                        verbose_name="in the trash since",
                    ),
                ),
                (
                    "tried_at",
                    models.DateTimeField(null=True, verbose_name="could not be removed"),
                ),
            ],
            options={
                "verbose_name": "image in the trash",
                "verbose_name_plural": "trash",
                "indexes": [
                    models.Index(
                        fields=["owner", "-trashed_at", "-image"], name="trashed_own_newest"
                    ),
                    models.Index(fields=["-trashed_at", "-image"], name="trashed_newest"),
                ],
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, restore_all),
    ]
