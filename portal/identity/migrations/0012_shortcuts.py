from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0011_saved_filters"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="has_shortcuts",
            field=models.BooleanField(
                db_default=True,
                default=True,
                editable=False,
                verbose_name="single keys on the pages",
            ),
        ),
    ]
