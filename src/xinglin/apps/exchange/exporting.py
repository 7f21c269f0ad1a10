"""Registers as files: rows are counted while they are written, none is kept in memory, and no file is handed out
without its row in the log.

Reading is one statement, which both databases answer as of one moment. It holds no lock: on SQLite it must not run in
a transaction of ours, which would make every writer wait (ADR 0014). The log's row is written when the count is known,
and in that same transaction the job ends; only then can the file be fetched.
"""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Named, Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import sheets
from xinglin.apps.exchange.sealing import seal, unseal
from xinglin.apps.exchange.spec import SOUGHT, SPECS, Row, TableSpec, holds
from xinglin.apps.protection.crypto import CryptoError, decrypt, encrypt
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import OPEN, Job
from xinglin.apps.work.progress import Lost, Progress

log = logging.getLogger("xinglin.exchange")
AT_ONCE = 10_000
"""Rows written while the page waits; more become a job."""
TOLD = 1000
"""Rows between two words about how far it is."""
LOOK = 0.2
"""Seconds between two looks at a thread that writes."""
KIND, PURPOSE = "exchange.export", "exchange.export"
FORMATS = ("xlsx", "csv")


@dataclass(frozen=True)
class Wanted:
    """What is to be written: which register, which rows, for whom, as what."""

    spec: TableSpec
    filters: Mapping[str, str]
    by: Any
    format: str

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.spec.label}_{timezone.localdate():%Y%m%d}.{self.format}"

    @cached_property
    def view(self) -> Scope:
        """Where the account sees rows; asked once, so that the file is what it says it is."""
        return self.spec.view_scope(self.by)

    @cached_property
    def personal(self) -> Scope | bool:
        """Where it is shown personal columns."""
        return self.spec.personal_area(self.by)

    def many(self) -> bool:
        """Whether there are more rows than a page can wait for."""
        return self.spec.exceeds(self.view, self.filters, AT_ONCE)

    def rows(self) -> Iterable[Row]:
        """The rows, read piece by piece."""
        return self.spec.rows(self.view, self.filters, self.personal)


def at_once(wanted: Wanted, request: Any) -> IO[bytes]:
    """The file, open at its beginning; it has no name and is gone when it is closed."""
    file = tempfile.TemporaryFile(prefix="xinglin-")  # noqa: SIM115 - whoever sends it closes it
    try:
        counted = _written(wanted, file, lambda count: None)
        with transaction.atomic():
            _log(wanted, counted, request)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def later(wanted: Wanted, request: Any) -> Job:
    """The job that writes the file; one that already does so is not asked for twice."""
    told = json.dumps(dict(sorted(wanted.filters.items())), ensure_ascii=False)
    open_ = Job.objects.of(wanted.by).filter(kind=KIND, state__in=OPEN)
    for job in open_:
        mine = job.arguments
        same = (mine["table"], mine["format"]) == (wanted.spec.name, wanted.format)
        if same and decrypt(mine["filters"], PURPOSE) == told:
            return job
    return ask(
        KIND,
        by=wanted.by,
        label=f"导出 {wanted.spec.label}",
        request=request,
        table=wanted.spec.name,
        format=wanted.format,
        filters=encrypt(told, PURPOSE),
    )


def run(progress: Progress, wanted: Wanted) -> dict[str, int]:
    """Write the file of a job. What the account may see is asked again, now."""
    path = progress.file(wanted.name)
    area = {"table": wanted.spec.name, "view": _told(wanted.view), "personal": _told(wanted.personal)}
    progress.beat("读取、写入")
    with tempfile.TemporaryFile(dir=path.parent) as file:
        write = _beside if connection.vendor == "sqlite" else _within
        counted = write(wanted, file, progress)
        file.seek(0)
        seal(file, path, {**area, "shown": counted.personal}, progress.id, progress.beat)
    result = {"行": counted.count}
    try:
        with progress.finishing(result):
            _log(wanted, counted, None)
    except Lost:
        raise  # the file there may be that of whoever took the job over
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return result


def handed_out(job: Job, by: Any, path: Path) -> IO[bytes] | None:
    """The file of a job in the clear, as long as the account's areas cover what it holds."""
    try:
        return unseal(path, job.pk, lambda head: head is not None and _covered(head, by))
    except CryptoError as error:
        log.warning("the export of job %s cannot be read: %s", job.pk, error)
        return None


def _covered(head: Mapping[str, Any], by: Any) -> bool:
    spec, view, personal = SPECS.get(head["table"]), _area(head["view"]), _area(head["personal"])
    if spec is None or isinstance(view, bool):
        return False
    shown = view if isinstance(personal, bool) else personal
    named = {*view.facilities, *shown.facilities}
    known = SPECS["facility"].areas(named, Scope(frozenset({NATION}))) if named else {}
    places = {id_: area.place for id_, area in known.items()}
    if not holds(spec.view_scope(by), view, places):
        return False
    return not head["shown"] or holds(spec.personal_area(by), shown, places)


def _told(area: Scope | bool) -> Any:
    if isinstance(area, bool):
        return area
    return [sorted(area.places), sorted(area.facilities), sorted(area.above), sorted(area.named)]


def _area(told: Any) -> Scope | bool:
    if isinstance(told, bool):
        return told
    places, facilities, above, *named = map(frozenset, map(_pieces, told))
    return Scope(places, facilities, above, *named)


def _pieces(told: Iterable[Any]) -> Iterator[Any]:
    """Codes and ids as they are; lists as what names a unit."""
    return (one if isinstance(one, str) else Named(*one) for one in told)


def of(table: str, filters: str, by: Any, format_: str) -> Wanted:
    """What a job's arguments say."""
    return Wanted(SPECS[table], json.loads(decrypt(filters, PURPOSE)), by, format_)


def _within(wanted: Wanted, file: IO[bytes], progress: Progress) -> _Counted:
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        progress.step(count - done)
        done = count

    return _written(wanted, file, tell)


def _beside(wanted: Wanted, file: IO[bytes], progress: Progress) -> _Counted:
    """Written by a thread with a connection of its own: ours tells how far it is, and could not while it reads."""
    seen, stop = [0], [False]

    def tell(count: int) -> None:
        seen[0] = count
        if stop[0]:
            raise _Stopped

    def work() -> _Counted:
        try:
            return _written(wanted, file, tell)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future, done = pool.submit(work), 0
        try:
            while True:
                with contextlib.suppress(NotYet):
                    return future.result(LOOK)
                progress.step(seen[0] - done)
                done = seen[0]
        finally:
            stop[0] = True


class _Stopped(Exception):  # noqa: N818 - ends the thread, nobody sees it
    """The job was cancelled, or the process ends."""


def _written(wanted: Wanted, file: IO[bytes], tell: Callable[[int], None]) -> _Counted:
    """Write all rows; how many they are, and whether personal columns were shown."""
    named = wanted.spec.table.key[0] if wanted.filters.get(SOUGHT) else ""
    counted = _Counted(tell, wanted.spec.personal, named)
    with _reading():
        write = sheets.write_csv if wanted.format == "csv" else sheets.write_workbook
        write(wanted.spec, counted.through(wanted.rows()), file)
    return counted


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """On PostgreSQL rows are fetched piece by piece only within a transaction."""
    with transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext():
        yield


class _Counted:
    """Counts rows that pass, and sees whether one of them tells something personal; ``named``: the column that says
    whose it is, where that is to be written down.
    """

    def __init__(self, tell: Callable[[int], None], hidden: Sequence[str], named: str = "") -> None:
        self.count, self.tell = 0, tell
        self.personal, self.hidden = False, hidden
        self.named, self.ids = named, list[str]()

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows."""
        for row in rows:
            self.count += 1
            if (self.named or not self.personal) and any(row[name] is not None for name in self.hidden):
                self.personal = True
                self.ids += [row[self.named]] if self.named else []
            if self.count % TOLD == 0:
                self.tell(self.count)
            yield row


def _log(wanted: Wanted, counted: _Counted, request: Any) -> None:
    spec = wanted.spec
    record(
        by=wanted.by,
        action="export",
        kind=spec.name,
        fields=[name for name in spec.table.columns if counted.personal or name not in spec.personal],
        count=counted.count,
        request=request,
    )
    for id_ in counted.ids:
        record(
            by=wanted.by,
            action=f"{spec.name}.read",
            kind=spec.name,
            id=id_,
            fields=spec.personal,
            request=request,
        )
