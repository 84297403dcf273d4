from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0012_shortcuts")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="unsent_at",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="mail could not be sent"
            ),
        ),
    ]
