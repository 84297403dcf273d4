import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("images", "0013_trash")]

    operations = [
        migrations.CreateModel(
            name="Probe",
            fields=[
                (
                    "key",
                    models.CharField(
                        max_length=80, primary_key=True, serialize=False, verbose_name="key"
                    ),
                ),
                ("store", models.CharField(max_length=64, verbose_name="store")),
                (
                    "tried_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tried",
                    ),
                ),
            ],
            options={"verbose_name": "probe", "verbose_name_plural": "probes"},
        ),
    ]
