"""Proposals to destroy records whose time is over."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0001_initial"),
        ("organisations", "0002_registered"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="清册编号",
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="种类")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("reason", xinglin.apps.protection.fields.EncryptedText(verbose_name="销毁理由")),
                ("index", xinglin.apps.protection.fields.EncryptedText(verbose_name="目录")),
                ("count", models.PositiveIntegerField(verbose_name="份数")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待复核"),
                            ("done", "已销毁"),
                            ("refused", "复核退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="asked",
                        max_length=40,
                        verbose_name="状态",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="提出时间"),
                ),
                ("asked_by", models.CharField(max_length=19, verbose_name="提出账号")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                ("decided_by", models.CharField(blank=True, max_length=19, verbose_name="复核账号")),
                ("remark", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="复核意见")),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.facility",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "病历销毁",
                "verbose_name_plural": "病历销毁",
                "ordering": ("-asked_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("facility", "kind", "year"),
                        name="destruction_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("done", "refused")), _negated=True),
                            models.Q(
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="destruction_second_person",
                    ),
                ],
            },
        ),
    ]
