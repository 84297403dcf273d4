from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("images", "0008_download_links")]

    operations = [
        migrations.AddField(
            model_name="location",
            name="uploader",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255, verbose_name="uploaded by"
            ),
        ),
    ]
