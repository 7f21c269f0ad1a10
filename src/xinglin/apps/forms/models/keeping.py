"""What is kept beside a record: files, drafts, views of a list."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from xinglin.apps.forms.models.record import Record
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class Attachment(models.Model):
    """A file of a record. Its content lies in the installation's folder under its digest, encrypted.

    Attributes:
        record: None until the form that it was chosen in is saved. definition: of that form. item: of an assessment,
            for evidence. kind: by content, never by name. name: as it was sent, encrypted: people put names in it.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="attachments")
    definition = models.CharField(max_length=60)
    field = models.CharField(max_length=60, blank=True)
    item = models.CharField(max_length=60, blank=True)
    name = EncryptedText("文件名")
    size = models.PositiveIntegerField("字节")
    digest = models.CharField("校验值", max_length=64, db_index=True)
    kind = models.CharField("类型", max_length=10)
    by = models.CharField("上传人", max_length=LENGTH)
    at = models.DateTimeField("上传时间", default=timezone.now)
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        """Oldest first."""

        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ("at", "id")

    def __str__(self) -> str:
        return str(self.name)


class Draft(models.Model):
    """A form that is not sent yet: one per account, definition and record (empty for a new one)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    definition = models.CharField(max_length=60)
    record = models.CharField(max_length=LENGTH, blank=True)
    values = EncryptedText()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One of a kind."""

        constraints = (models.UniqueConstraint(name="draft_one", fields=("user", "definition", "record")),)

    def __str__(self) -> str:
        return f"{self.definition} {self.record}"


class SavedView(models.Model):
    """A list as somebody wants to see it again: filters and order under a name."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    definition = models.CharField(max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=1000)

    class Meta:
        """By name; a name once."""

        ordering = ("name",)
        constraints = (models.UniqueConstraint(name="view_name", fields=("user", "definition", "name")),)

    def __str__(self) -> str:
        return self.name
