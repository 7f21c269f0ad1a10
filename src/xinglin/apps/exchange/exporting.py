"""Registers as files: rows are counted while they are written, none is kept in memory, and no file is handed out
without its row in the log.

Reading is one statement, which both databases answer as of one moment. It holds no lock: on SQLite it must not run in
a transaction of ours, which would make every writer wait (ADR 0014). The log's row is written when the count is known,
and in that same transaction the job ends; only then can the file be fetched.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import IO, Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import sheets
from xinglin.apps.exchange.spec import SPECS, Row, TableSpec
from xinglin.apps.protection.crypto import decrypt, encrypt
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import OPEN, Job
from xinglin.apps.work.progress import Progress

AT_ONCE = 10_000
"""Rows written while the page waits; more become a job."""
TOLD = 1000
"""Rows between two words about how far it is."""
LOOK = 0.2
"""Seconds between two looks at a thread that writes."""
KIND, PURPOSE = "exchange.export", "exchange.export"
FORMATS = ("xlsx", "csv")


class Wanted(NamedTuple):
    """What is to be written: which register, which rows, for whom, as what."""

    spec: TableSpec
    filters: Mapping[str, str]
    by: Any
    format: str

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.spec.label}_{timezone.localdate():%Y%m%d}.{self.format}"

    @property
    def columns(self) -> list[str]:
        """Names of the columns that are filled, for the log."""
        personal = self.spec.personal_area(self.by)
        return [name for name in self.spec.table.columns if personal or name not in self.spec.personal]

    def many(self) -> bool:
        """Whether there are more rows than a page can wait for."""
        return self.spec.exceeds(self.spec.view_scope(self.by), self.filters, AT_ONCE)

    def rows(self) -> Iterable[Row]:
        """The rows, read piece by piece."""
        return self.spec.rows(self.spec.view_scope(self.by), self.filters, self.spec.personal_area(self.by))


def at_once(wanted: Wanted, request: Any) -> IO[bytes]:
    """The file, open at its beginning; it has no name and is gone when it is closed."""
    file = tempfile.TemporaryFile(prefix="xinglin-")  # noqa: SIM115 - whoever sends it closes it
    try:
        count = _written(wanted, file, lambda count: None)
        with transaction.atomic():
            _log(wanted, count, request)
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
    path.touch(mode=0o600)
    progress.beat("读取、写入")
    with path.open("w+b") as file:
        count = (
            _beside(wanted, file, progress)
            if connection.vendor == "sqlite"
            else _within(wanted, file, progress)
        )
    result = {"行": count}
    with progress.finishing(result):
        _log(wanted, count, None)
    return result


def of(table: str, filters: str, by: Any, format_: str) -> Wanted:
    """What a job's arguments say."""
    return Wanted(SPECS[table], json.loads(decrypt(filters, PURPOSE)), by, format_)


def _within(wanted: Wanted, file: IO[bytes], progress: Progress) -> int:
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        progress.step(count - done)
        done = count

    return _written(wanted, file, tell)


def _beside(wanted: Wanted, file: IO[bytes], progress: Progress) -> int:
    """Written by a thread with a connection of its own: ours tells how far it is, and could not while it reads."""
    seen, stop = [0], [False]

    def tell(count: int) -> None:
        seen[0] = count
        if stop[0]:
            raise _Stopped

    def work() -> int:
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


def _written(wanted: Wanted, file: IO[bytes], tell: Callable[[int], None]) -> int:
    """Write all rows; how many they are."""
    counted = _Counted(tell)
    with _reading():
        write = sheets.write_csv if wanted.format == "csv" else sheets.write_workbook
        write(wanted.spec, counted.through(wanted.rows()), file)
    return counted.count


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """On PostgreSQL rows are fetched piece by piece only within a transaction."""
    with transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext():
        yield


class _Counted:
    """Counts rows that pass."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.count, self.tell = 0, tell

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows."""
        for row in rows:
            self.count += 1
            if self.count % TOLD == 0:
                self.tell(self.count)
            yield row


def _log(wanted: Wanted, count: int, request: Any) -> None:
    record(
        by=wanted.by,
        action="export",
        kind=wanted.spec.name,
        fields=wanted.columns,
        count=count,
        request=request,
    )
