"""Files by the API: imports and exports of registers, what a job made, attachments of records.

A file travels as Base64 in JSON, so that a key, a retry and the log hold for it as for any other write.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema
from pydantic import StringConstraints

from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Sent
from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import actions, exporting
from xinglin.apps.exchange.models import Import
from xinglin.apps.exchange.spec import SOUGHT, SPECS, permitted
from xinglin.apps.forms import permissions
from xinglin.apps.forms.actions import attaching
from xinglin.apps.forms.models import Attachment
from xinglin.apps.forms.views.common import definition_or_404, record_or_404
from xinglin.apps.work import files
from xinglin.apps.work.models import Job, State
from xinglin.apps.work.registry import KINDS
from xinglin.apps.work.registry import permitted as may_run
from xinglin.records import FieldType

section = Section("导入导出与附件")
IMPORT, EXPORT, JOB = "import.run", "export.run", "job.view"
READ, ATTACH = "record.view", "record.edit"
MOST = 16 * 1024 * 1024
"""Bytes of a file that an answer carries."""
Content = Annotated[str, StringConstraints(min_length=4, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
CONTENT = "文件内容，Base64；导入的文件最多 200 KB，附件最多约 700 KB，更大的请在网页上传"


class ImportIn(Sent):
    """A file to be checked."""

    file_name: str = Field(min_length=1, max_length=100, description="文件名，以 .xlsx 或 .csv 结尾")
    table: str = Field("", max_length=60, description="登记表的名称（英文）；工作表名是表名的可不填")
    content: Content = Field(description=CONTENT)


class ApplyIn(Sent):
    """How to write."""

    mode: Literal["all", "good"] = Field("all", description="all 全部无误才导入、good 只导入无误的行")


class FaultLine(Schema):
    """What is wrong in a row."""

    severity: str
    table: str
    sheet: str
    row: int | None
    column: str
    what: str
    fix: str


class ImportLine(Schema):
    """An import."""

    id: str
    file_name: str
    state: str = Field(description="waiting、checked、unreadable、applying、applied、undone、discarded")
    errors: int
    counts: dict[str, dict[str, int]] = Field(description="登记表 → new、changed、same、bad")
    note: str
    job: str = Field(description="在后台处理时的任务编号")
    created_at: datetime
    applied_at: datetime | None


class ImportOut(ImportLine):
    """An import with its report."""

    report: list[FaultLine] = Field(description="逐行的问题；阅毕或导入之后可能为空")


class ExportIn(Sent):
    """What is to be exported."""

    table: str = Field(max_length=60, description="登记表的名称（英文）")
    format: Literal["xlsx", "csv"] = "xlsx"
    filters: dict[str, str] = Field(default_factory=dict, description="列名 → 值；地区列含下级")


class FileOut(Schema):
    """A file."""

    name: str
    content: str = Field(description="Base64")


class AttachmentIn(Sent):
    """A file for a field of a record."""

    definition: str = Field(max_length=60, description="记录定义")
    field: str = Field(max_length=60, description="文件栏的名称")
    file_name: str = Field(min_length=1, max_length=100)
    content: Content = Field(description=CONTENT)


class AttachmentOut(Schema):
    """An attachment that a record may name."""

    id: str = Field(description="写进记录的 values 里")
    name: str
    size: int
    kind: str


@section.read("/imports", IMPORT, Listed[ImportLine])
def list_imports(request: Any, asked: Query[PageQuery]) -> Any:
    """自己的导入，新的在前"""
    rows = Import.objects.of(request.user).defer("report")

    def shown(found: Any) -> list[dict[str, Any]]:
        actions.settle(*found)
        return [_line(one) for one in found]

    return page_of(request, rows.order_by("-created_at", "-pk"), asked, shown)


@section.write("POST", "/imports", IMPORT, ImportOut, status=201)
def create_import(request: Any, body: ImportIn) -> Any:
    """上传并核对
    只核对，不写入；再用 apply 写入。以令牌的范围核对。
    """
    if body.table and body.table not in {spec.name for spec in permitted(request.user, "edit")}:
        raise Problem(422, "没有这张登记表，或您不能登记", [("body.table", "请核对表名")])
    content = _bytes(body.content)
    _check_size(len(content))
    made = actions.submit(
        by=request.user, content=content, name=body.file_name, table=body.table, request=request
    )
    return _shown(made)


@section.read("/imports/{one}", IMPORT, ImportOut)
def get_import(request: Any, one: str) -> Any:
    """一次导入和逐行的报告"""
    found = _own(request, one)
    actions.settle(found)
    return _shown(found)


@section.write("POST", "/imports/{one}/apply", IMPORT, ImportOut)
def apply_import(request: Any, one: str, body: ApplyIn) -> Any:
    """写入核对过的行"""
    found = _own(request, one)
    _check_size(found.size)
    actions.apply(one=found, mode=body.mode, by=request.user, request=request)
    found.refresh_from_db()
    return _shown(found)


@section.write("POST", "/imports/{one}/undo", IMPORT, ImportOut)
def undo_import(request: Any, one: str) -> Any:
    """撤销已写入的导入"""
    found = _own(request, one)
    actions.undo(one=found, by=request.user, request=request)
    found.refresh_from_db()
    return _shown(found)


@section.write("POST", "/imports/{one}/discard", IMPORT, ImportOut)
def discard_import(request: Any, one: str) -> Any:
    """放弃还没写入的导入"""
    found = _own(request, one)
    actions.discard(one=found, by=request.user, request=request)
    found.refresh_from_db()
    return _shown(found)


@section.search("/exports", EXPORT, FileOut)
def export_table(request: Any, body: ExportIn) -> Any:
    """导出一张登记表
    只含令牌范围之内的行；没有查看姓名权限的，姓名等列为空。每次导出都记入审计日志。
    """
    spec = SPECS.get(body.table)
    if spec is None or not spec.view_scope(request.user):
        raise Problem(422, "没有这张登记表，或您不能查看", [("body.table", "请核对表名")])
    if SOUGHT in body.filters:
        raise Problem(422, "导出不能按姓名查找", [("body.filters", "请用列名")])
    wanted = exporting.Wanted(spec, body.filters, request.user, body.format)
    if wanted.many():
        raise Problem(422, f"超过 {exporting.AT_ONCE:,} 行：请加条件，或在网页上导出")
    with exporting.at_once(wanted, request) as stream:
        return _file(wanted.name, stream.read())


@section.read("/jobs/{job}/file", JOB, FileOut)
def get_job_file(request: Any, job: str) -> Any:
    """任务做出的文件"""
    found = get_object_or_404(Job.objects.of(request.user), pk=job)
    path = files.folder(found.pk) / found.file
    kind = KINDS.get(found.kind)
    opened = None
    if found.file and found.state == State.DONE and path.is_file() and may_run(found, request.user):
        opened = kind.opens(found, request.user, path) if kind and kind.opens else path.open("rb")
    if opened is None:
        raise Http404
    with opened as stream:
        content = stream.read(MOST + 1)
    if len(content) > MOST:
        raise Problem(422, f"文件超过 {MOST // 1024 // 1024} MB：请在网页的“后台任务”里下载")
    with transaction.atomic():
        record(by=request.user, action="job.file", kind=found.kind, id=found.pk, request=request)
    return _file(found.file, content)


@section.write("POST", "/attachments", ATTACH, AttachmentOut, status=201)
def create_attachment(request: Any, body: AttachmentIn) -> Any:
    """上传一个附件
    还不属于任何记录；把 id 写进记录的文件栏，存记录时才归入。
    """
    definition = definition_or_404(request, body.definition)
    field = definition.fields.get(body.field)
    if field is None or field.type is not FieldType.FILE:
        raise Problem(422, "没有这个文件栏", [("body.field", "请对照 GET definitions 里类型为 file 的栏")])
    if not permissions.writable(request.user, definition):
        raise Problem(403, "您不能填报这种记录")
    made = attaching.take_in(
        _bytes(body.content),
        name=body.file_name,
        definition=definition.id,
        field=body.field,
        by=request.user,
        request=request,
    )
    return {"id": made.pk, "name": made.name, "size": made.size, "kind": made.kind}


@section.read("/attachments/{file}", READ, FileOut, area="file")
def get_attachment(request: Any, file: str) -> Any:
    """一个附件"""
    one = get_object_or_404(Attachment, pk=file)
    if one.record_id is None:
        if one.by != request.user.pk:
            raise Http404
    else:
        row, definition = record_or_404(request, one.record_id)
        field = definition.fields.get(one.field)
        hidden = field is not None and field.is_personal
        if hidden and not permissions.personal(request.user, definition, row):
            raise Problem(403, "这个文件含个人信息，您的角色或地区不能打开")
    record(by=request.user, action="record.file", kind=one.definition, id=one.pk, request=request)
    return _file(one.name, attaching.content_of(one))


def _check_size(size: int) -> None:
    """What is worked on in the background is worked on with all rights of the owner, not with those of the token."""
    if size >= actions.IN_BACKGROUND:
        raise Problem(
            422, f"文件有 {size // 1024} KB，接口最多 {actions.IN_BACKGROUND // 1024} KB：请在网页上导入"
        )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(422, "文件内容不是 Base64", [("body.content", "请重新编码，不要换行")]) from None


def _file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


def _own(request: Any, one: str) -> Import:
    return get_object_or_404(Import.objects.of(request.user), pk=one)


def _line(one: Import) -> dict[str, Any]:
    names = ("id", "file_name", "state", "errors", "counts", "note", "job", "created_at", "applied_at")
    return {name: getattr(one, name) for name in names}


def _shown(one: Import) -> dict[str, Any]:
    report = actions.report_of(one) if not one.is_open else []
    names = ("severity", "table", "sheet", "row", "column", "what", "fix")
    return {**_line(one), "report": [{name: told[name] for name in names} for told in report]}
