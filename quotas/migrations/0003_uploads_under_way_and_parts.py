from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("quotas", "0002_soft_lines")]

    operations = [
        migrations.AlterField(
            model_name="limit",
            name="resource",
            field=models.CharField(
                choices=[
                    ("image_size_total", "bytes of images"),
                    ("image_count_total", "number of images"),
                    ("image_stage_total", "bytes staged"),
                    ("image_count_uploading", "uploads under way"),
                ],
                max_length=32,
                verbose_name="resource",
            ),
        ),
        migrations.AddField(
            model_name="usage",
            name="uploads",
            field=models.IntegerField(db_default=0, default=0, verbose_name="uploads under way"),
        ),
        migrations.AddField(
            model_name="usage",
            name="warned_size",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="warned of bytes"
            ),
        ),
        migrations.AddField(
            model_name="usage",
            name="warned_count",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="warned of images"
            ),
        ),
        migrations.AddField(
            model_name="usage",
            name="has_parts",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="has limits of parts"
            ),
        ),
        migrations.AddConstraint(
            model_name="usage",
            constraint=models.CheckConstraint(
                condition=Q(("uploads__gte", 0)), name="usage_uploads_positive"
            ),
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project", models.CharField(max_length=255, verbose_name="project")),
                (
                    "store",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="store"),
                ),
                (
                    "user",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="A user’s id, as the APIs call it.",
                        max_length=255,
                        verbose_name="user",
                    ),
                ),
                (
                    "value",
                    models.BigIntegerField(
                        help_text="Bytes; -1 is no limit: they are counted only.",
                        verbose_name="limit",
                    ),
                ),
                (
                    "used",
                    models.BigIntegerField(default=0, editable=False, verbose_name="bytes stored"),
                ),
                (
                    "reserved",
                    models.BigIntegerField(
                        default=0, editable=False, verbose_name="bytes reserved"
                    ),
                ),
            ],
            options={
                "verbose_name": "limit of a part",
                "verbose_name_plural": "limits of parts",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "store", "user"), name="part_once"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("store", ""), Q(("user", ""), _negated=True)),
                            Q(Q(("store", ""), _negated=True), ("user", "")),
                            _connector="OR",
                        ),
                        name="part_of_store_or_user",
                        violation_error_message="Name a store or a user, and not both.",
                    ),
                    models.CheckConstraint(
                        condition=Q(("value__gte", -1)), name="part_limit_or_none"
                    ),
                    models.CheckConstraint(
                        condition=Q(("reserved__gte", 0), ("used__gte", 0)), name="part_positive"
                    ),
                ],
            },
        ),
    ]
