"""What becomes of an upload: dry run, writing, undoing, putting away. Audit rows in the transactions of the deeds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import store
from xinglin.apps.exchange.checking import Checked, Steps, check
from xinglin.apps.exchange.models import Batch, Import, Mode, State, pack, unpack
from xinglin.apps.exchange.reading import Read, read_upload
from xinglin.apps.exchange.spec import SPECS, Change, TableSpec, permitted
from xinglin.apps.exchange.values import packed, plain, unpacked
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import ENDED, Job
from xinglin.apps.work.progress import Interrupted, Lost
from xinglin.base.errors import XinglinError
from xinglin.base.problems import Problem
from xinglin.facts.findings import Findings
from xinglin.facts.readers import Unreadable

IN_BACKGROUND = 200 * 1024
"""Bytes from which a file is worked on in the background."""
LISTED, KEPT = 500, 20_000
"""Faults listed of one kind in one column, and in all."""
PIECE = 1000
"""Changes in one batch of the way back."""
SHOWN_BLOCKS = 20


class NotPossible(XinglinError):  # noqa: N818 - says what is the matter
    """The import does not stand where this can be done; the message is for the screen."""


class Finishing(Steps, Protocol):
    """`Steps` with the transaction that also ends the job."""

    def finishing(self, result: Any = None) -> Any:
        """A transaction for the effect."""


class Quiet:
    """Progress of work that is done at once, with nobody watching."""

    total: int | None = None

    def step(self, steps: int = 1, message: str | None = None) -> None:
        """Nothing to tell."""

    def beat(self, message: str | None = None) -> None:
        """Nothing to tell."""

    @contextmanager
    def finishing(self, result: Any = None) -> Iterator[None]:
        """A transaction."""
        del result
        with transaction.atomic():
            yield


def submit(*, by: Any, content: bytes, name: str, table: str = "", request: Any = None) -> Import:
    """Take in a file and have it checked, at once or in the background."""
    short = "".join(filter(str.isprintable, name.replace("\\", "/").rsplit("/", 1)[-1]))[-100:] or "未命名"
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        made = Import.objects.create(by=by, file_name=short, size=len(content), digest=digest, table=table)
        store.keep(made.pk, content)
        record(by=by, action="import.upload", kind="import", id=made.pk, request=request)
        if len(content) >= IN_BACKGROUND:
            _in_background(made, "exchange.check", f"核对 {short}", request)
            return made
    check_import(made.pk, Quiet())
    made.refresh_from_db()
    return made


def _in_background(one: Import, kind: str, label: str, request: Any, **more: Any) -> None:
    job = ask(kind, by=one.by, label=label, request=request, import_id=one.pk, **more)
    one.job = job.pk
    one.save(update_fields=["job"])


def check_import(import_id: str, progress: Finishing) -> dict[str, int]:
    """The dry run; its report and counts are kept with the import."""
    one = Import.objects.select_related("by").get(pk=import_id)
    try:
        checked = _checked(one, progress)
    except Unreadable as error:
        problem = Problem(error.kind, "", one.file_name, "", error.row, "", error.what, error.fix)
        with progress.finishing():
            _note(one, [problem], 1, {}, state=State.UNREADABLE, note=f"{error.what}。{error.fix}。")
        return {}
    counts = {outcome.spec.name: outcome.counts() for outcome in checked.outcomes}
    with progress.finishing():
        _note(one, checked.problems, checked.errors, counts, state=State.CHECKED, note="")
    return {"错误": checked.errors}


def _checked(one: Import, progress: Steps, *, ids: bool = False) -> Checked:
    progress.beat("读取文件")
    read = _read(one)
    writable = {spec.name: one.by.scope_for(spec.edit) for spec in permitted(one.by, "edit")}
    seen = {spec.name: one.by.scope_for(spec.edit) for spec in SPECS.values()}
    return check(read, writable, seen, progress, ids=ids)


def _read(one: Import) -> Read:
    content = store.fetch(one.pk)
    if content is None:
        raise NotPossible("上传的文件已经删除，请重新上传")
    specs = {spec.name: spec for spec in permitted(one.by, "edit")}
    return read_upload(content, one.file_name, one.table, specs)


def _note(
    one: Import, problems: list[Problem], errors: int, counts: dict[str, Any], *, state: State, note: str
) -> None:
    findings = Findings(LISTED)
    findings.add(problems)
    listed = findings.all()[:KEPT]
    one.state, one.note, one.errors, one.counts = state, note, errors, counts
    one.report = pack([_told(problem) for problem in listed])
    one.save(update_fields=["state", "note", "errors", "counts", "report"])


def _told(problem: Problem) -> list[Any]:
    return [
        problem.kind,
        problem.table,
        problem.sheet,
        problem.row,
        problem.column,
        problem.what,
        problem.fix,
        problem.severity.value,
    ]


def report_of(one: Import) -> list[dict[str, Any]]:
    """The kept problems as mappings: kind, table, sheet, row, column, what, fix, severity."""
    names = ("kind", "table", "sheet", "row", "column", "what", "fix", "severity")
    return [dict(zip(names, told, strict=True)) for told in unpack(one.report)]


def apply(*, one: Import, mode: str, by: Any, request: Any = None) -> None:
    """Write what the dry run found good, at once or in the background.

    Raises:
        NotPossible: it was not checked, or is not all good although that was asked for.
    """
    if mode not in Mode.values:
        raise NotPossible("请选择导入方式")
    if mode == Mode.ALL and one.errors:
        raise NotPossible(f"还有 {one.errors} 处错误：请改正后重新上传，或选择“{Mode.GOOD.label}”")
    if not one.total("new") + one.total("changed"):
        raise NotPossible("没有可以导入的行")
    with transaction.atomic():
        mine = Import.objects.filter(pk=one.pk, by=by, state=State.CHECKED)
        if not mine.update(state=State.APPLYING, mode=mode):
            raise NotPossible("这次导入已经处理过了")
        if one.size >= IN_BACKGROUND:
            _in_background(one, "exchange.apply", f"导入 {one.file_name}", request)
            return
    run_import(one.pk, Quiet(), request=request)


def run_import(import_id: str, progress: Finishing, request: Any = None) -> dict[str, int]:
    """Check once more, and write, in one transaction with the audit row; nothing is written otherwise."""
    one = Import.objects.select_related("by").get(pk=import_id)
    try:
        checked = _checked(one, progress, ids=True)
        if one.mode == Mode.ALL and checked.errors:
            counts = {outcome.spec.name: outcome.counts() for outcome in checked.outcomes}
            with progress.finishing():
                note = "核对之后数据有了变化，现在有错误：没有导入任何一行"
                _note(one, checked.problems, checked.errors, counts, state=State.CHECKED, note=note)
            return {"写入": 0}
        written = sum(len(outcome.changes) for outcome in checked.outcomes)
        with progress.finishing({"写入": written}):
            _write(one, checked, progress, request)
    except IntegrityError:
        _back(one, "有人同时改了同样的数据：没有导入任何一行，请再试一次")
        raise NotPossible("有人同时改了同样的数据") from None
    except (Interrupted, Lost):
        raise  # the job is begun again, here or by whoever took it over
    except BaseException:
        _back(one, "没有导入完，没有写入任何一行")
        raise
    return {"写入": written}


def settle(one: Import) -> None:
    """Free an import whose job ended without it: failed, or cancelled."""
    job = Job.objects.filter(pk=one.job, state__in=ENDED).first()
    if not one.is_open or job is None:
        return
    note = f"后台任务{job.get_state_display()}，没有写入任何一行。{job.error}"[:300]
    state = State.UNREADABLE if one.state == State.WAITING else State.CHECKED
    if Import.objects.filter(pk=one.pk, state=one.state).update(state=state, note=note):
        one.state, one.note = state, note


def _back(one: Import, note: str) -> None:
    Import.objects.filter(pk=one.pk, state=State.APPLYING).update(state=State.CHECKED, note=note)


def _write(one: Import, checked: Checked, progress: Steps, request: Any) -> None:
    mine = Import.objects.filter(pk=one.pk, state=State.APPLYING)
    if not mine.update(state=State.APPLIED, applied_at=timezone.now(), note=""):
        raise NotPossible("这次导入已经处理过了")
    number = 0
    for outcome in checked.outcomes:
        spec = outcome.spec
        progress.beat(f"写入“{spec.label}”")
        spec.write(outcome.changes, by=one.by, deed="import")
        batches = []
        for start in range(0, len(outcome.changes), PIECE):
            content = pack([packed(change) for change in outcome.changes[start : start + PIECE]])
            batches.append(Batch(of=one, number=number, table=spec.name, content=content))
            number += 1
        Batch.objects.bulk_create(batches, batch_size=20)
        if outcome.changes:
            _log(one, "import.apply", spec, len(outcome.changes), request)
    counts = {outcome.spec.name: outcome.counts() for outcome in checked.outcomes}
    _note(one, checked.problems, checked.errors, counts, state=State.APPLIED, note="")


def _log(one: Import, action: str, spec: TableSpec, count: int, request: Any) -> None:
    fields = list(spec.table.columns)
    record(by=one.by, action=action, kind=spec.name, id=one.pk, fields=fields, count=count, request=request)


@transaction.atomic
def undo(*, one: Import, by: Any, request: Any = None) -> None:
    """Restore every row as it was before the import, if none was changed since.

    Raises:
        NotPossible: with the rows that stand in the way.
    """
    if not Import.objects.filter(pk=one.pk, by=by, state=State.APPLIED).update(
        state=State.UNDONE, undone_at=timezone.now()
    ):
        raise NotPossible("只有已导入、没有撤销过的才能撤销")
    by_table = _written(one)
    for name in reversed(SPECS):
        if name not in by_table:
            continue
        spec, changes = SPECS[name], by_table[name]
        blocks = _blocks(spec, changes)
        if blocks:
            raise NotPossible(_blocked(spec, blocks))
        try:
            spec.write([Change(c.id, c.after, c.before) for c in reversed(changes)], by=by, deed="undo")
        except ProtectedError:
            raise NotPossible(f"导入的{spec.label}已被别的登记引用，不能撤销") from None
        _log(one, "import.undo", spec, len(changes), request)


def _written(one: Import) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for batch in one.batches.all():
        table = SPECS[batch.table].table
        found.setdefault(batch.table, []).extend(unpacked(item, table) for item in unpack(batch.content))
    return found


def _blocks(spec: TableSpec, changes: list[Change]) -> list[str]:
    """Ids of rows that are not as the import left them, or that others refer to and that would vanish."""
    now = spec.present([change.id for change in changes])
    altered = [change.id for change in changes if plain(now.get(change.id)) != plain(change.after)]
    new = [change.id for change in changes if change.before is None]
    return list(dict.fromkeys([*altered, *sorted(spec.referred_to(new))]))


def _blocked(spec: TableSpec, ids: list[str]) -> str:
    more = f" 等 {len(ids)} 行" if len(ids) > SHOWN_BLOCKS else ""
    listed = "、".join(ids[:SHOWN_BLOCKS])
    return f"不能撤销：{spec.label}里这些行在导入之后又改过，或已被引用：{listed}{more}"


@transaction.atomic
def discard(*, one: Import, by: Any, request: Any = None) -> None:
    """Give up an upload that was not imported; the file is deleted.

    Raises:
        NotPossible: it is being worked on, or was imported.
    """
    open_ = (State.CHECKED, State.UNREADABLE)
    if not Import.objects.filter(pk=one.pk, by=by, state__in=open_).update(
        state=State.DISCARDED, read_at=timezone.now(), report=""
    ):
        raise NotPossible("只有还没导入的才能放弃")
    record(by=by, action="import.discard", kind="import", id=one.pk, request=request)
    transaction.on_commit(lambda: store.forget(one.pk))


@transaction.atomic
def put_away(*, one: Import, by: Any, request: Any = None) -> None:
    """The report was read: it and the file are deleted, the way back stays.

    Raises:
        NotPossible: it is being worked on.
    """
    mine = Import.objects.filter(pk=one.pk, by=by, read_at=None).exclude(
        state__in=(State.WAITING, State.APPLYING)
    )
    if not mine.update(read_at=timezone.now(), report=""):
        raise NotPossible("还没有处理完")
    record(by=by, action="import.read", kind="import", id=one.pk, request=request)
    transaction.on_commit(lambda: store.forget(one.pk))
