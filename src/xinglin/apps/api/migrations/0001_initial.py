"""Tokens and kept answers."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import xinglin.apps.protection.fields
import xinglin.apps.protection.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
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
                ("label", models.CharField(max_length=60, verbose_name="用途")),
                ("secret", models.CharField(editable=False, max_length=64, verbose_name="密文")),
                ("permissions", models.JSONField(default=list, verbose_name="权限")),
                ("places", models.JSONField(default=list, verbose_name="地区")),
                ("facilities", models.JSONField(default=list, verbose_name="机构")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="发放时间"
                    ),
                ),
                ("expires_on", models.DateField(verbose_name="有效期至")),
                ("last_used", models.DateTimeField(null=True, verbose_name="最近使用")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="吊销时间")),
                ("revoked_by", models.CharField(blank=True, max_length=19, verbose_name="吊销人")),
                ("minute", models.BigIntegerField(default=0)),
                ("used", models.PositiveIntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="所属账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "ordering": ("-created_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", xinglin.apps.protection.fields.EncryptedText(blank=True)),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="api.apitoken"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("token", "key"), name="kept_answer_key")],
            },
        ),
    ]
