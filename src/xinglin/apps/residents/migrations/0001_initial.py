"""Tables of residents."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0002_registered"),
    ]

    operations = [
        migrations.CreateModel(
            name="Once",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by", models.CharField(max_length=19)),
                ("key", models.CharField(max_length=60)),
                ("deed", models.CharField(max_length=40)),
                ("object_id", models.CharField(blank=True, max_length=19)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("by", "key"), name="once_key")],
            },
        ),
        migrations.CreateModel(
            name="Resident",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="居民编号",
                    ),
                ),
                ("name", xinglin.apps.protection.fields.EncryptedText(verbose_name="姓名")),
                (
                    "id_kind",
                    models.CharField(
                        choices=[
                            ("id_card", "居民身份证"),
                            ("birth_certificate", "出生医学证明"),
                            ("permit", "港澳台居民来往内地通行证、居住证"),
                            ("passport", "护照"),
                            ("other", "其他证件"),
                            ("none", "暂无证件"),
                        ],
                        default="id_card",
                        max_length=40,
                        verbose_name="证件类别",
                    ),
                ),
                (
                    "id_number",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="证件号码"),
                ),
                (
                    "sex",
                    models.CharField(
                        choices=[("male", "男"), ("female", "女"), ("unknown", "未说明")],
                        max_length=40,
                        verbose_name="性别",
                    ),
                ),
                ("birth_date", models.DateField(verbose_name="出生日期")),
                ("phone", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="联系电话")),
                ("address", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="住址")),
                ("place", models.CharField(max_length=12, verbose_name="居住地区")),
                ("person_key", models.CharField(editable=False, max_length=64, null=True)),
                ("name_hash", models.CharField(editable=False, max_length=64)),
                ("phone_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("pinyin_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("initials_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("surname_initials_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("sort_key", models.CharField(editable=False, max_length=40)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="建档时间"
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False, verbose_name="修订")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="residents.resident",
                        verbose_name="并入",
                    ),
                ),
            ],
            options={
                "verbose_name": "居民",
                "verbose_name_plural": "居民",
                "ordering": ("sort_key", "pk"),
                "indexes": [
                    models.Index(fields=["name_hash", "birth_date"], name="resident_name"),
                    models.Index(fields=["phone_hash"], name="resident_phone"),
                    models.Index(fields=["pinyin_hash"], name="resident_pinyin"),
                    models.Index(fields=["initials_hash"], name="resident_initials"),
                    models.Index(fields=["surname_initials_hash"], name="resident_surname"),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="resident_merged",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person_key",),
                        name="resident_person",
                        violation_error_message="这个证件号码已经建过档：请查找并打开原来的档案",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="resident_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
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
                ("added", models.JSONField(default=list)),
                ("flattened", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("by", models.CharField(blank=True, max_length=19, verbose_name="账号")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("undone_by", models.CharField(blank=True, max_length=19, verbose_name="撤销账号")),
                (
                    "gone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.resident",
                        verbose_name="并入的档案",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.resident",
                        verbose_name="保留的档案",
                    ),
                ),
            ],
            options={
                "verbose_name": "档案合并",
                "verbose_name_plural": "档案合并",
                "ordering": ("-at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("gone",), name="merge_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Known",
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
                ("since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="起")),
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
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "建档机构",
                "verbose_name_plural": "建档机构",
                "indexes": [models.Index(fields=["facility", "-since", "resident"], name="known_facility")],
                "constraints": [models.UniqueConstraint(fields=("resident", "facility"), name="known_pair")],
            },
        ),
        migrations.CreateModel(
            name="Event",
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
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "档案变更",
                "verbose_name_plural": "档案变更",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("record", "建立健康档案、处理个人健康信息"),
                            ("management", "中医药健康管理"),
                            ("sharing", "在医共体成员单位之间调阅档案"),
                            ("technique", "有创的中医技术操作"),
                        ],
                        max_length=40,
                        verbose_name="事项",
                    ),
                ),
                ("given", models.BooleanField(verbose_name="同意")),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="日期")),
                ("by_guardian", models.BooleanField(default=False, verbose_name="由监护人代为表示")),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                ("by", models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号")),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "知情同意",
                "verbose_name_plural": "知情同意",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Allergy",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("herb", "中药"),
                            ("drug", "西药、中成药"),
                            ("food", "食物"),
                            ("other", "其他"),
                        ],
                        max_length=40,
                        verbose_name="类别",
                    ),
                ),
                ("substance", xinglin.apps.protection.fields.EncryptedText(verbose_name="过敏原")),
                ("reaction", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="反应")),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                ("by", models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号")),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="撤除时间")),
                (
                    "ended_by",
                    models.CharField(blank=True, editable=False, max_length=19, verbose_name="撤除账号"),
                ),
                (
                    "end_reason",
                    xinglin.apps.protection.fields.EncryptedText(
                        blank=True, editable=False, verbose_name="撤除原因"
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allergies",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "过敏史",
                "verbose_name_plural": "过敏史",
                "ordering": ("at", "pk"),
            },
        ),
    ]
