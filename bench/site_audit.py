"""``python -m bench audit [rows]``: seal and verify so many rows of the audit log; rows a second and memory.

On a database of its own: SQLite in a temporary folder, or a new one beside that which ``DATABASE_URL`` names.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.runs import ROOT

ROWS = 1_000_000
LEAST_VERIFIED, MOST_MIB = 5_000, 100
"""Rows a second that a verification reads at least, and what it may take beyond the program itself."""
SCRIPT = ROOT / "tests" / "site" / "audit_load.py"


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether every limit is met."""
    rows = int(words[0]) if words else ROWS
    kind = "PostgreSQL" if "DATABASE_URL" in os.environ else "SQLite"
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as home, database() as name:
        command = [sys.executable, str(SCRIPT), home, name, "rate", str(rows)]
        environment = {key: value for key, value in os.environ.items() if key != "XINGLIN_ANCHOR"}
        ended = subprocess.run(
            command, cwd=SCRIPT.parent, env=environment, stdout=subprocess.PIPE, text=True, check=False
        )
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}")
    found = json.loads(ended.stdout.splitlines()[-1])
    more = found["memory_mb"] - found["memory_before_mb"]
    print(f"\naudit log on {kind}, {rows:,} rows")
    print(f"sealed    {found['sealed_per_second']:9,} rows/s")
    print(f"verified  {found['verified_per_second']:9,} rows/s{'' if found['ok'] else '  NOT whole'}")
    print(f"unsealed  {found['unsealed_ms']:9} ms to count")
    print(f"memory    {found['memory_mb']:9} MiB, {more} more than before")
    return bool(found["ok"]) and found["verified_per_second"] >= LEAST_VERIFIED and more <= MOST_MIB


@contextmanager
def database() -> Iterator[str]:
    """The name of an empty database on the PostgreSQL server; nothing of the kind on SQLite."""
    if "DATABASE_URL" not in os.environ:
        yield ""
        return
    import psycopg
    from psycopg import sql

    name = f"bench_audit_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
