import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("images", "0009_location_uploader")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("attempt", models.UUIDField(editable=False, verbose_name="attempt")),
                ("user", models.CharField(max_length=255, verbose_name="user")),
                ("project", models.CharField(max_length=255, verbose_name="project")),
                ("start", models.BigIntegerField(default=0, verbose_name="begins at, bytes")),
                ("length", models.BigIntegerField(null=True, verbose_name="size, bytes")),
                ("offset", models.BigIntegerField(default=0, verbose_name="confirmed, bytes")),
                ("reach", models.BigIntegerField(default=0, editable=False)),
                ("state", models.BinaryField(default=b"", editable=False)),
                ("concat", models.TextField(blank=True, default="", editable=False)),
                (
                    "checksum",
                    models.CharField(
                        blank=True, default="", max_length=128, verbose_name="expected checksum"
                    ),
                ),
                (
                    "filename",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="file"),
                ),
                (
                    "fingerprint",
                    models.CharField(blank=True, default="", editable=False, max_length=255),
                ),
                ("metadata", models.TextField(blank=True, default="", editable=False)),
                ("holder", models.UUIDField(editable=False, null=True)),
                ("held_at", models.DateTimeField(null=True, verbose_name="last sign of life")),
                (
                    "expires_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="expires"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="created"
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="images.image",
                    ),
                ),
            ],
            options={
                "verbose_name": "resumable upload",
                "verbose_name_plural": "resumable uploads",
                "indexes": [
                    models.Index(fields=["attempt"], name="upload_by_attempt"),
                    models.Index(fields=["user", "project"], name="upload_by_user"),
                    models.Index(fields=["expires_at"], name="upload_by_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("offset__gte", 0), ("start__gte", 0))
                        & models.Q(
                            ("length", None), ("offset__lte", models.F("length")), _connector="OR"
                        ),
                        name="upload_offset_within",
                    )
                ],
            },
        ),
    ]
