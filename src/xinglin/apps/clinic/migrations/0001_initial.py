"""Tables of the clinic."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import xinglin.apps.organisations.models.columns
import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0002_registered"),
        ("residents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Encounter",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="就诊编号",
                    ),
                ),
                ("day", models.DateField(default=django.utils.timezone.localdate, verbose_name="就诊日期")),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("first", "初诊"), ("return", "复诊"), ("treatment", "治疗")],
                        max_length=40,
                        verbose_name="类别",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "候诊"),
                            ("open", "接诊中"),
                            ("signed", "已签名"),
                            ("left", "未就诊"),
                        ],
                        default="waiting",
                        max_length=40,
                        verbose_name="状态",
                    ),
                ),
                ("by_tcm", models.BooleanField(default=False, verbose_name="中医类别或经中医培训")),
                (
                    "queued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="挂号时间"),
                ),
                ("queued_by", models.CharField(blank=True, max_length=19, verbose_name="挂号账号")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="签名时间")),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="最后修改"),
                ),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="修订")),
                (
                    "copied_from",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.encounter",
                        verbose_name="沿用",
                    ),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="接诊人",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="encounters",
                        to="residents.resident",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "就诊",
                "verbose_name_plural": "就诊",
                "ordering": ("day", "number", "pk"),
                "indexes": [
                    models.Index(fields=["resident", "-day", "-id"], name="encounter_resident"),
                    models.Index(fields=["practitioner", "day"], name="encounter_practitioner"),
                    models.Index(
                        condition=models.Q(("state", "signed")), fields=["day"], name="encounter_signed"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("facility", "day", "number"), name="encounter_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "signed"), _negated=True),
                            models.Q(("practitioner__isnull", False), ("signed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="encounter_signed_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "encounter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="clinic.encounter",
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
                "verbose_name": "未签名的病历",
                "verbose_name_plural": "未签名的病历",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
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
                ("due", models.DateField(verbose_name="应随访日期")),
                ("done_at", models.DateTimeField(null=True, verbose_name="随访时间")),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("phone", "电话"), ("visit", "上门"), ("here", "来诊"), ("message", "信息")],
                        max_length=40,
                        verbose_name="方式",
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cured", "痊愈"),
                            ("marked", "显效"),
                            ("some", "有效"),
                            ("none", "无效"),
                            ("unreached", "未联系上"),
                        ],
                        max_length=40,
                        verbose_name="疗效",
                    ),
                ),
                ("note", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="情况")),
                ("by", models.CharField(blank=True, max_length=19, verbose_name="账号")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="安排时间")),
                (
                    "encounter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_up",
                        to="clinic.encounter",
                        verbose_name="就诊",
                    ),
                ),
            ],
            options={
                "verbose_name": "随访",
                "verbose_name_plural": "随访",
                "ordering": ("due", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["due"], name="followup_due"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="病历编号",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", xinglin.apps.protection.fields.EncryptedText(verbose_name="内容")),
                ("reason", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="修改原因")),
                ("signed_at", models.DateTimeField(verbose_name="签名时间")),
                ("signed_by", models.CharField(max_length=19, verbose_name="签名账号")),
                ("mac", models.CharField(max_length=64)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="clinic.encounter",
                        verbose_name="就诊",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "病历",
                "verbose_name_plural": "病历",
                "ordering": ("-version",),
                "constraints": [
                    models.UniqueConstraint(fields=("encounter", "version"), name="note_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="处方编号",
                    ),
                ),
                (
                    "slot",
                    models.CharField(
                        choices=[("herbs", "中药处方"), ("patent", "中成药处方")],
                        max_length=40,
                        verbose_name="处方种类",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("pieces", "中药饮片"),
                            ("granules", "中药配方颗粒"),
                            ("powder", "散剂"),
                            ("pill", "丸剂"),
                            ("paste", "膏方"),
                            ("patent", "中成药"),
                        ],
                        max_length=40,
                        verbose_name="剂型",
                    ),
                ),
                ("route", models.CharField(max_length=40, verbose_name="给药途径")),
                ("doses", models.PositiveSmallIntegerField(verbose_name="剂数")),
                ("days", models.PositiveSmallIntegerField(null=True, verbose_name="天数")),
                ("times", models.PositiveSmallIntegerField(verbose_name="每日次数")),
                ("usage", models.CharField(blank=True, max_length=120, verbose_name="用法")),
                ("formula", models.CharField(blank=True, max_length=40, verbose_name="方剂")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="金额"),
                ),
                ("edition", models.CharField(max_length=40, verbose_name="规则版本")),
                (
                    "findings",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="核对结果"),
                ),
                ("signed_at", models.DateTimeField(verbose_name="签名时间")),
                ("signed_by", models.CharField(max_length=19, verbose_name="签名账号")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                ("ended_by", models.CharField(blank=True, max_length=19, verbose_name="作废账号")),
                (
                    "end_reason",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="作废原因"),
                ),
                ("mac", models.CharField(max_length=64)),
                (
                    "encounter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="clinic.encounter",
                        verbose_name="就诊",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="开方人",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="clinic.prescription",
                        verbose_name="更正",
                    ),
                ),
            ],
            options={
                "verbose_name": "处方",
                "verbose_name_plural": "处方",
                "ordering": ("-signed_at", "-pk"),
                "indexes": [
                    models.Index(fields=["encounter", "slot"], name="prescription_encounter"),
                    models.Index(fields=["-signed_at", "-id"], name="prescription_signed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("encounter", "slot"),
                        name="prescription_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("doses__gt", 0), ("times__gt", 0)), name="prescription_doses"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrescriptionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="顺序")),
                ("written", models.CharField(max_length=60, verbose_name="药名")),
                ("herb", models.CharField(blank=True, max_length=60, verbose_name="标准名")),
                (
                    "grams",
                    models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="克数"),
                ),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, max_digits=8, null=True, verbose_name="数量"),
                ),
                ("unit", models.CharField(blank=True, max_length=10, verbose_name="单位")),
                ("decoction", models.CharField(blank=True, max_length=40, verbose_name="脚注")),
                ("usage", models.CharField(blank=True, max_length=120, verbose_name="用法")),
                (
                    "price",
                    models.DecimalField(decimal_places=4, max_digits=10, null=True, verbose_name="单价"),
                ),
                ("insurance", models.CharField(blank=True, max_length=40, verbose_name="医保编码")),
                (
                    "prescription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="clinic.prescription",
                        verbose_name="处方",
                    ),
                ),
            ],
            options={
                "verbose_name": "处方药味",
                "verbose_name_plural": "处方药味",
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("prescription", "position"), name="line_position"),
                    models.UniqueConstraint(fields=("prescription", "written"), name="line_written"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grams__isnull", True), ("grams__gt", 0), _connector="OR"),
                            models.Q(("quantity__isnull", True), ("quantity__gt", 0), _connector="OR"),
                            models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                        ),
                        name="line_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
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
                ("narcotic_right", models.BooleanField(default=False, verbose_name="麻醉药品处方权")),
                ("toxic_right", models.BooleanField(default=False, verbose_name="毒性药品处方程序")),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="登记时间"
                    ),
                ),
                ("by", models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号")),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="执业人员",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seat",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "执业身份",
                "verbose_name_plural": "执业身份",
            },
        ),
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
                        verbose_name="治疗单编号",
                    ),
                ),
                (
                    "technique",
                    models.CharField(
                        choices=xinglin.apps.organisations.models.columns.technique_choices,
                        max_length=40,
                        verbose_name="技术",
                    ),
                ),
                ("site", xinglin.apps.protection.fields.EncryptedText(verbose_name="穴位或部位")),
                ("method", xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="操作方法")),
                ("times", models.PositiveSmallIntegerField(verbose_name="次数")),
                ("signed_at", models.DateTimeField(verbose_name="签名时间")),
                ("signed_by", models.CharField(max_length=19, verbose_name="签名账号")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="终止时间")),
                ("ended_by", models.CharField(blank=True, max_length=19, verbose_name="终止账号")),
                (
                    "end_reason",
                    xinglin.apps.protection.fields.EncryptedText(blank=True, verbose_name="终止原因"),
                ),
                ("mac", models.CharField(max_length=64)),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="clinic.encounter",
                        verbose_name="就诊",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="开单人",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="clinic.sheet",
                        verbose_name="更正",
                    ),
                ),
            ],
            options={
                "verbose_name": "治疗单",
                "verbose_name_plural": "治疗单",
                "ordering": ("signed_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("encounter", "technique"),
                        name="sheet_one",
                    ),
                    models.CheckConstraint(condition=models.Q(("times__gt", 0)), name="sheet_times"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=xinglin.apps.protection.ids.new_id,
                        editable=False,
                        max_length=19,
                        primary_key=True,
                        serialize=False,
                        verbose_name="治疗编号",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("by", models.CharField(blank=True, max_length=19, verbose_name="账号")),
                (
                    "encounter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="clinic.encounter",
                        verbose_name="就诊",
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.practitioner",
                        verbose_name="操作人",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="clinic.sheet",
                        verbose_name="治疗单",
                    ),
                ),
            ],
            options={
                "verbose_name": "治疗",
                "verbose_name_plural": "治疗",
                "ordering": ("sheet", "number"),
                "constraints": [models.UniqueConstraint(fields=("sheet", "number"), name="session_number")],
            },
        ),
        migrations.CreateModel(
            name="ShelfItem",
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
                ("name", models.CharField(max_length=60, verbose_name="院内药名")),
                ("herb", models.CharField(blank=True, max_length=60, verbose_name="标准名")),
                ("unit", models.CharField(default="g", max_length=10, verbose_name="单位")),
                (
                    "price",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=10, null=True, verbose_name="单价"
                    ),
                ),
                ("insurance", models.CharField(blank=True, max_length=40, verbose_name="医保编码")),
                ("in_use", models.BooleanField(default=True, verbose_name="在用")),
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
                "verbose_name": "院内药",
                "verbose_name_plural": "院内药",
                "ordering": ("name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "name"),
                        name="shelf_name",
                        violation_error_message="已有同名的院内药",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__isnull", True), ("price__gte", 0), _connector="OR"),
                        name="shelf_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=60, verbose_name="规则")),
                ("finding", xinglin.apps.protection.fields.EncryptedText(verbose_name="核对结果")),
                ("reason", xinglin.apps.protection.fields.EncryptedText(verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="签名时间")),
                ("by", models.CharField(max_length=19, verbose_name="签名账号")),
                ("mac", models.CharField(max_length=64)),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signatures",
                        to="clinic.prescription",
                        verbose_name="处方",
                    ),
                ),
            ],
            options={
                "verbose_name": "再次签名",
                "verbose_name_plural": "再次签名",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Template",
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
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("initials", models.CharField(editable=False, max_length=40)),
                ("sort_key", models.CharField(editable=False, max_length=480)),
                ("formula", models.CharField(blank=True, max_length=40, verbose_name="方剂")),
                ("content", models.JSONField(default=dict, verbose_name="内容")),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="最后修改"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="医生",
                    ),
                ),
            ],
            options={
                "verbose_name": "处方模板",
                "verbose_name_plural": "处方模板",
                "ordering": ("sort_key", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "name"),
                        name="template_name",
                        violation_error_message="您已有同名的模板",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Authorisation",
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
                    "technique",
                    models.CharField(
                        choices=xinglin.apps.organisations.models.columns.technique_choices,
                        max_length=40,
                        verbose_name="技术",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止日期")),
                ("by", models.CharField(blank=True, editable=False, max_length=19, verbose_name="登记账号")),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorisations",
                        to="organisations.practitioner",
                        verbose_name="执业人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "技术授权",
                "verbose_name_plural": "技术授权",
                "ordering": ("technique", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="authorisation_dates",
                        violation_error_message="终止日期早于起始日期：请核对两个日期，是不是填反了",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True)),
                        fields=("practitioner", "technique"),
                        name="authorisation_open",
                        violation_error_message="此人已有这项技术的授权",
                    ),
                ],
            },
        ),
    ]
