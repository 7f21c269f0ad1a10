"""Tables of wellness."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0002_registered"),
        ("residents", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HealthService",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="服务编号",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assessment", "体质辨识"),
                            ("guidance", "中医药保健指导"),
                            ("child", "儿童中医调养指导"),
                            ("chronic", "重点人群中医随访"),
                        ],
                        max_length=40,
                        verbose_name="类别",
                    ),
                ),
                ("day", models.DateField(default=django.utils.timezone.localdate, verbose_name="服务日期")),
                ("instrument", models.CharField(blank=True, max_length=40, verbose_name="体质量表")),
                ("months", models.PositiveSmallIntegerField(null=True, verbose_name="服务月龄")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "未签名"), ("signed", "已签名"), ("removed", "已作废")],
                        default="open",
                        max_length=40,
                        verbose_name="状态",
                    ),
                ),
                ("by_tcm", models.BooleanField(default=False, verbose_name="中医类别或经中医培训")),
                ("complete", models.BooleanField(default=False, verbose_name="符合规范")),
                ("edition", models.CharField(blank=True, max_length=80, verbose_name="规则版本")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="开始时间"),
                ),
                ("started_by", models.CharField(blank=True, max_length=19, verbose_name="开始账号")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签名时间")),
                ("removed_by", models.CharField(blank=True, max_length=19, verbose_name="作废账号")),
                (
                    "remove_reason",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="作废原因"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="最后修改"),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订")),
                (
                    "basis",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guidances",
                        to="wellness.healthservice",
                        verbose_name="依据的辨识",
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.facility",
                        verbose_name="机构",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="服务人",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health_services",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "健康管理服务",
                "verbose_name_plural": "健康管理服务",
                "ordering": ("-day", "-pk"),
                "indexes": [
                    models.Index(fields=["resident", "kind", "-day"], name="health_resident"),
                    models.Index(
                        condition=models.Q(("state", "signed")), fields=["day"], name="health_signed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"),
                            models.Q(("practitioner__isnull", False), ("signed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="health_signed_by",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthDraft",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="wellness.healthservice",
                        verbose_name="服务",
                    ),
                ),
                ("values", xinglin.apps.protection.fields.EncryptedText(verbose_name="内容")),
                (
                    "saved_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="保存时间"),
                ),
                ("saved_by", models.CharField(blank=True, max_length=19, verbose_name="保存账号")),
            ],
            options={
                "verbose_name": "未签名的健康管理服务",
                "verbose_name_plural": "未签名的健康管理服务",
            },
        ),
        migrations.CreateModel(
            name="Managed",
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
                ("group", models.CharField(max_length=40, verbose_name="人群")),
                ("since", models.DateField(default=django.utils.timezone.localdate, verbose_name="纳入日期")),
                ("until", models.DateField(null=True, verbose_name="终止日期")),
                (
                    "end_reason",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="终止原因"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                ("by", models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号")),
                (
                    "ended_by",
                    models.CharField(blank=True, editable=False, max_length=19, verbose_name="终止账号"),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.facility",
                        verbose_name="管理机构",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="managed",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "重点人群在管",
                "verbose_name_plural": "重点人群在管",
                "ordering": ("since", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("until__isnull", True)),
                        fields=["facility", "group"],
                        name="managed_now",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("resident", "group"),
                        name="managed_once",
                        violation_error_message="此人已在这一类人群里管理：请看他的居民页",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="managed_dates",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="healthservice",
            name="managed",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="wellness.managed",
                verbose_name="重点人群在管",
            ),
        ),
        migrations.CreateModel(
            name="HealthVersion",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="版本编号",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", xinglin.apps.protection.fields.EncryptedText(verbose_name="内容")),
                ("edition", models.CharField(max_length=80, verbose_name="规则版本")),
                ("reason", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="修改原因")),
                ("signed_at", models.DateTimeField(verbose_name="签名时间")),
                ("signed_by", models.CharField(max_length=19, verbose_name="签名账号")),
                ("mac", models.CharField(max_length=64)),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="签名人",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="wellness.healthservice",
                        verbose_name="服务",
                    ),
                ),
            ],
            options={
                "verbose_name": "健康管理服务记录",
                "verbose_name_plural": "健康管理服务记录",
                "ordering": ("-version",),
                "constraints": [
                    models.UniqueConstraint(fields=("service", "version"), name="health_version")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="healthservice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "child"), ("months__isnull", True), _connector="XOR"),
                    models.Q(("kind", "chronic"), ("managed__isnull", True), _connector="XOR"),
                    models.Q(("kind", "guidance"), ("basis__isnull", True), _connector="XOR"),
                    models.Q(("kind", "assessment"), ("instrument", ""), _connector="XOR"),
                ),
                name="health_kind",
            ),
        ),
    ]
