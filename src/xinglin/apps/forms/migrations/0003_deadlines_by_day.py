"""Deadlines tell when their state was entered; names of files are encrypted."""

import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.fields


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0002_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="entered_on",
            field=models.DateField(default=django.utils.timezone.localdate, verbose_name="进入状态"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="name",
            field=xinglin.apps.protection.fields.EncryptedText(verbose_name="文件名"),
        ),
    ]
