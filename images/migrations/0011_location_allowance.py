from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("images", "0010_resumable_uploads")]

    operations = [
        migrations.AddField(
            model_name="location",
            name="allowance",
            field=models.BigIntegerField(null=True, verbose_name="allowance, bytes"),
        ),
    ]
