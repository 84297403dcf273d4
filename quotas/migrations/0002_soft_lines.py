from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("quotas", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="limit",
            name="soft",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="soft line"),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("soft", None), Q(("soft__gte", 0), ("soft__lte", F("value"))), _connector="OR"
                ),
                name="limit_soft_within",
                violation_error_message="The soft line must lie between 0 and the limit.",
            ),
        ),
    ]
