from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("images", "0011_location_allowance"),
    ]

    operations = [
        migrations.AlterField(
            model_name="task",
            name="type",
            field=models.CharField(
                choices=[
                    ("api_image_import", "import"),
                    ("location_import", "location"),
                    ("import", "import by an administrator"),
                    ("verify", "check of the data"),
                ],
                max_length=32,
                verbose_name="type",
            ),
        ),
    ]
