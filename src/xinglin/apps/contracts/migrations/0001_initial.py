"""The tables of contracts."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("forms", "0004_deadlines_of_areas"),
        ("organisations", "0002_registered"),
        ("residents", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="签约编号",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="起始日期")),
                ("valid_to", models.DateField(verbose_name="终止日期")),
                (
                    "consented_by",
                    models.CharField(
                        choices=[("self", "本人"), ("guardian", "监护人"), ("family", "受托的家属")],
                        max_length=40,
                        verbose_name="居民方签字",
                    ),
                ),
                (
                    "consenter",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="代签人姓名"),
                ),
                ("consented_on", models.DateField(verbose_name="签字日期")),
                ("note", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="约定、备注")),
                (
                    "signed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间"),
                ),
                ("signed_by", models.CharField(blank=True, max_length=19, verbose_name="登记账号")),
                ("ended_on", models.DateField(null=True, verbose_name="解约日期")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asked", "居民要求解约"),
                            ("moved", "迁出"),
                            ("death", "去世"),
                            ("changed", "改签别的团队或服务包"),
                            ("mistake", "登记错误"),
                            ("other", "其他"),
                        ],
                        max_length=40,
                        verbose_name="解约原因",
                    ),
                ),
                (
                    "end_words",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="解约说明"),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.facility",
                        verbose_name="签约机构",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="签约医生",
                    ),
                ),
                (
                    "renews",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewed_by",
                        to="contracts.contract",
                        verbose_name="续签自",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forms.record",
                        verbose_name="家庭医生团队",
                    ),
                ),
                (
                    "team_facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.facility",
                        verbose_name="团队所在机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "家庭医生签约",
                "verbose_name_plural": "家庭医生签约",
                "ordering": ("valid_to", "pk"),
                "indexes": [
                    models.Index(fields=["facility", "valid_to", "id"], name="contract_facility"),
                    models.Index(fields=["team_facility", "valid_to", "id"], name="contract_team_facility"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="contract_dates",
                        violation_error_message="终止日期早于起始日期：请核对两个日期，是不是填反了",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_on", None)),
                            ("ended_on__isnull", False),
                            _connector="OR",
                        ),
                        name="contract_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("by", models.CharField(blank=True, max_length=19, verbose_name="账号")),
                ("deed", models.CharField(max_length=20, verbose_name="动作")),
                ("fields", models.JSONField(default=list, verbose_name="字段")),
                (
                    "before",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="原来的内容"),
                ),
                ("reason", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="原因")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="contracts.contract",
                        verbose_name="签约",
                    ),
                ),
            ],
            options={
                "verbose_name": "签约变更",
                "verbose_name_plural": "签约变更",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("code", models.CharField(max_length=40, verbose_name="项目编码")),
                ("name", models.CharField(max_length=60, verbose_name="项目")),
                ("unit", models.CharField(max_length=8, verbose_name="计量")),
                ("times", models.PositiveSmallIntegerField(verbose_name="约定次数")),
                (
                    "price",
                    models.DecimalField(decimal_places=2, max_digits=10, null=True, verbose_name="单价"),
                ),
                ("counts", models.CharField(blank=True, max_length=40, verbose_name="自动计入")),
                ("dropped_at", models.DateTimeField(null=True, verbose_name="去掉时间")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="contracts.contract",
                        verbose_name="签约",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="forms.record",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "签约项目",
                "verbose_name_plural": "签约项目",
                "ordering": ("contract", "position"),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="履约编号",
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("note", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="情况")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间")),
                ("by", models.CharField(blank=True, max_length=19, verbose_name="登记账号")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("undone_by", models.CharField(blank=True, max_length=19, verbose_name="撤销账号")),
                (
                    "undo_reason",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="撤销原因"),
                ),
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
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="服务人",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="contracts.line",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "签约履约",
                "verbose_name_plural": "签约履约",
                "ordering": ("day", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Package",
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
                ("code", models.CharField(max_length=40, verbose_name="服务包编码")),
                ("name", models.CharField(max_length=60, verbose_name="服务包")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("basic", "基础"),
                            ("elderly", "老年人"),
                            ("child", "儿童"),
                            ("maternal", "孕产妇"),
                            ("chronic", "慢性病"),
                            ("preventive", "治未病"),
                        ],
                        max_length=40,
                        verbose_name="人群",
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=400, verbose_name="说明")),
                (
                    "least_age",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最小年龄"),
                ),
                (
                    "most_age",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最大年龄"),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="年签约费"
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=120, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "made_by",
                    models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号"),
                ),
            ],
            options={
                "verbose_name": "签约服务包",
                "verbose_name_plural": "签约服务包",
                "ordering": ("place", "group", "code", "-valid_from"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="package_dates",
                        violation_error_message="终止日期早于起始日期：请核对两个日期，是不是填反了",
                    ),
                    models.UniqueConstraint(
                        fields=("place", "code", "valid_from"),
                        name="package_version",
                        violation_error_message="这个编码在这一天已有一个版本",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                        name="package_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_age", None),
                            ("most_age", None),
                            ("most_age__gte", models.F("least_age")),
                            _connector="OR",
                        ),
                        name="package_ages",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="line",
            name="package",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.package",
                verbose_name="服务包",
            ),
        ),
        migrations.CreateModel(
            name="PackageItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("code", models.CharField(max_length=40, verbose_name="项目编码")),
                ("times", models.PositiveSmallIntegerField(verbose_name="次数")),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="contracts.package",
                        verbose_name="服务包",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务包项目",
                "verbose_name_plural": "服务包项目",
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("package", "code"), name="package_item_once"),
                    models.CheckConstraint(condition=models.Q(("times__gt", 0)), name="package_item_times"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at__isnull", True)),
                fields=("contract", "package", "code"),
                name="contract_line_once",
            ),
        ),
    ]
