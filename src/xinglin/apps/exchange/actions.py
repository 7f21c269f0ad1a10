"""What becomes of an upload: dry run, writing, putting away. Audit rows in the transactions of the deeds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import batches, kept, store
from xinglin.apps.exchange.checking import Steps, check
from xinglin.apps.exchange.holding import broken, hold
from xinglin.apps.exchange.models import Import, Mode, State, pack, unpack
from xinglin.apps.exchange.outcomes import Checked
from xinglin.apps.exchange.reading import Read, read_upload
from xinglin.apps.exchange.sifting import sift
from xinglin.apps.exchange.spec import SPECS, TableSpec, permitted
from xinglin.apps.exchange.undoing import NotPossible, log, unaltered, undo
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job
from xinglin.apps.work.progress import Interrupted, Lost
from xinglin.base.problems import Problem
from xinglin.facts.findings import Findings
from xinglin.facts.readers import Unreadable

__all__ = [
    "Finishing",
    "NotPossible",
    "Quiet",
    "apply",
    "check_import",
    "discard",
    "put_away",
    "report_of",
    "run_import",
    "settle",
    "submit",
    "undo",
]

IN_BACKGROUND = 200 * 1024
"""Bytes from which a file is worked on in the background."""
DEAD = timedelta(minutes=10)
"""After so long nothing works any more on an import that has no job."""
LISTED, KEPT = 500, 20_000
"""Faults listed of one kind in one column, and in all."""


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
    check_import(made.pk, Quiet(), by=by)
    made.refresh_from_db()
    return made


def _in_background(one: Import, kind: str, label: str, request: Any, **more: Any) -> None:
    job = ask(kind, by=one.by, label=label, request=request, import_id=one.pk, **more)
    one.job = job.pk
    one.save(update_fields=["job"])


def check_import(import_id: str, progress: Finishing, by: Any = None) -> dict[str, int]:
    """The dry run; its report and counts are kept with the import. ``by``: the account as far as it reaches now (a
    token reaches less far than its owner), else as it stands in the database.
    """
    one = _begun(import_id, State.WAITING, progress, by)
    try:
        checked = _checked(one, progress)
    except Unreadable as error:
        problem = Problem(error.kind, "", one.file_name, "", error.row, "", error.what, error.fix)
        with progress.finishing():
            words = f"{error.what}。{error.fix}。"
            _note(one, [problem], 1, {}, was=State.WAITING, state=State.UNREADABLE, note=words)
        return {}
    with progress.finishing():
        _noted(one, checked, was=State.WAITING, state=State.CHECKED, note="")
    return {"错误": checked.errors}


def _begun(import_id: str, state: State, progress: Any, by: Any) -> Import:
    """The import, if it waits for this very work: a job begun anew too late finds that it went on without it."""
    one = Import.objects.select_related("by").get(pk=import_id)
    if by is not None and by.pk == one.by_id:
        one.by = by
    job = getattr(progress, "id", "")
    if one.state != state or (job and job != one.job):
        raise NotPossible(f"这次导入现在“{one.get_state_display()}”，这项任务不再适用：请在导入的页面上继续")
    return one


def _checked(one: Import, progress: Steps, *, again: bool = False) -> Checked:
    """The check; ``again``: with the rows put by when it was done first, if they still hold."""
    specs = permitted(one.by, "edit")
    sifted = kept.fetch(one, specs) if again else None
    if sifted is None:
        progress.beat("读取文件")
        sifted = sift(_read(one, specs))
        kept.keep(one, sifted, specs)
    progress.total = sum(part.num_rows for part in sifted.parts)
    named = {part.table.name for part in sifted.parts}
    own = [spec for spec in specs if spec.name in named]
    referred = {refers.target for spec in own for refers in spec.refers.values()}
    writable = {spec.name: spec.edit_scope(one.by) for spec in own}
    seen = {name: SPECS[name].edit_scope(one.by) for name in referred & SPECS.keys()}
    personal = {spec.name: spec.personal_area(one.by) for spec in own}
    return check(sifted, writable, seen, personal, progress)


def _read(one: Import, specs: Sequence[TableSpec]) -> Read:
    content = store.fetch(one.pk)
    if content is None:
        raise NotPossible("上传的文件已经删除，请重新上传")
    return read_upload(content, one.file_name, one.table, {spec.name: spec for spec in specs})


def _noted(one: Import, checked: Checked, *, was: State, state: State, note: str) -> None:
    _note(one, checked.problems, checked.errors, checked.counts(), was=was, state=state, note=note)


def _note(
    one: Import,
    problems: list[Problem],
    errors: int,
    counts: dict[str, Any],
    *,
    was: State,
    state: State,
    note: str,
) -> None:
    """Keep what was found, if the import still stands where it stood."""
    findings = Findings(LISTED)
    findings.add(problems)
    listed = findings.all()[:KEPT]
    one.state, one.note, one.errors, one.counts = state, note, errors, counts
    one.report = pack([_told(problem) for problem in listed])
    if not Import.objects.filter(pk=one.pk, state=was).update(
        state=state, note=note, errors=errors, counts=counts, report=one.report
    ):
        raise NotPossible("这次导入已经处理过了")


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
        if not mine.update(state=State.APPLYING, mode=mode, opened_at=timezone.now(), note=""):
            raise NotPossible("这次导入已经处理过了")
        if one.size >= IN_BACKGROUND:
            _in_background(one, "exchange.apply", f"导入 {one.file_name}", request)
            return
    run_import(one.pk, Quiet(), request=request, by=by)


def run_import(import_id: str, progress: Finishing, request: Any = None, by: Any = None) -> dict[str, int]:
    """Check once more, and write, in one transaction with the audit row; nothing is written otherwise. ``by``: as in
    `check_import`.
    """
    one = _begun(import_id, State.APPLYING, progress, by)
    try:
        checked = _checked(one, progress, again=True)
        if one.mode == Mode.ALL and checked.errors:
            with progress.finishing():
                note = "核对之后数据有了变化，现在有错误：没有导入任何一行"
                _noted(one, checked, was=State.APPLYING, state=State.CHECKED, note=note)
            return {"写入": 0}
        written = sum(len(outcome.changes) for outcome in checked.outcomes)
        with progress.finishing({"写入": written}):
            _write(one, checked, progress, request)
    except IntegrityError:
        _back(one, "有人同时改了同样的数据：没有导入任何一行，请再试一次")
        raise NotPossible("有人同时改了同样的数据") from None
    except NotPossible as error:
        _back(one, str(error))
        raise
    except (Interrupted, Lost):
        raise  # the job is begun again, here or by whoever took it over
    except BaseException:
        _back(one, "没有导入完，没有写入任何一行")
        raise
    return {"写入": written}


def settle(*imports: Import) -> None:
    """Free imports whose job ended without them (failed, or cancelled), or whose process died without a job."""
    waiting = [one for one in imports if one.is_open]
    jobs = Job.objects.in_bulk([one.job for one in waiting if one.job])
    for one in waiting:
        _settle(one, jobs.get(one.job))


def _settle(one: Import, job: Job | None) -> None:
    if job is None and one.opened_at > timezone.now() - DEAD:
        return
    if job is not None and job.is_open:
        return
    what = f"后台任务{job.get_state_display()}" if job else "处理中断了"
    note = f"{what}，没有写入任何一行。{job.error if job else '请再试一次。'}"[:300]
    state = State.UNREADABLE if one.state == State.WAITING else State.CHECKED
    if Import.objects.filter(pk=one.pk, state=one.state).update(state=state, note=note):
        one.state, one.note = state, note


def _back(one: Import, note: str) -> None:
    Import.objects.filter(pk=one.pk, state=State.APPLYING).update(state=State.CHECKED, note=note[:300])


def _write(one: Import, checked: Checked, progress: Steps, request: Any) -> None:
    mine = Import.objects.filter(pk=one.pk, state=State.APPLYING)
    if not mine.update(state=State.APPLIED, applied_at=timezone.now(), note=""):
        raise NotPossible("这次导入已经处理过了")
    hold(checked.outcomes)
    for outcome in checked.outcomes:
        unaltered(outcome.spec, outcome.changes)
    if what := broken(checked.outcomes, one.by):
        raise NotPossible(f"{what}。没有导入任何一行，请再点一次导入，会重新核对")
    number = 0
    for outcome in checked.outcomes:
        spec, changes = outcome.spec, outcome.changes
        progress.beat(f"写入“{spec.label}”")
        spec.write(changes, by=one.by, deed="import", beat=progress.beat)
        number = batches.keep(one, spec, changes, number)
        if changes:
            log(one.by, "import.apply", spec, one, len(changes), request)
    _noted(one, checked, was=State.APPLIED, state=State.APPLIED, note="")
    transaction.on_commit(lambda: store.forget_rows(one.pk))


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
