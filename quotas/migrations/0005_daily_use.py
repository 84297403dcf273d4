from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotas", "0004_count_uploads")]

    operations = [
        migrations.CreateModel(
            name="DailyUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project", models.CharField(max_length=255, verbose_name="project")),
                ("day", models.DateField(verbose_name="day")),
                ("used", models.BigIntegerField(verbose_name="bytes stored")),
                ("reserved", models.BigIntegerField(verbose_name="bytes reserved")),
                ("images", models.IntegerField(verbose_name="images")),
                ("uploads", models.IntegerField(verbose_name="uploads under way")),
            ],
            options={
                "verbose_name": "use of a day",
                "verbose_name_plural": "uses of days",
                "indexes": [models.Index(fields=["day"], name="daily_use_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "day"), name="daily_use_once_a_day")
                ],
            },
        ),
    ]
