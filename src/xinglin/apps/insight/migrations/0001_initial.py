"""Sheets of stocktakings, written once."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("forms", "0004_deadlines_of_areas"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("place", models.CharField(max_length=12, verbose_name="地区代码")),
                ("on", models.DateField(verbose_name="盘点基准日")),
                ("version", models.PositiveSmallIntegerField(verbose_name="第几版")),
                ("rows", models.JSONField(default=list, verbose_name="对账表")),
                ("digest", models.CharField(max_length=64, verbose_name="校验值")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="定格时间")),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forms.record",
                        verbose_name="对账盘点",
                    ),
                ),
            ],
            options={
                "verbose_name": "对账表",
                "verbose_name_plural": "对账表",
                "ordering": ("-on", "-version", "-id"),
                "indexes": [models.Index(fields=["place", "-on"], name="insight_she_place_a5f166_idx")],
            },
        ),
    ]
