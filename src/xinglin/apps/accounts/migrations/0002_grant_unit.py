"""Grants know the unit of a liaison."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Empty for the grants there are: they see no records that are for units only."""

    dependencies = (("accounts", "0001_initial"),)
    operations = (
        migrations.AddField(
            model_name="grant",
            name="unit",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="单位"),
        ),
    )
