"""Processes that begin with everything imported: commands of tests in a process each, without a start-up each.

``python fork_server.py`` reads orders as JSON lines (words of the command line or a script, environment, where to
print) and answers each with the exit code. For every order it forks: the child has settings, a home and a database of
its own, for nothing that depends on the environment is loaded before the fork; what is saved is importing libraries.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import selectors
import subprocess
import sys
import traceback
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

LIBRARIES = (
    "argon2",
    "click",
    "cryptography.hazmat.primitives.ciphers",
    "csp.constants",
    "dj_database_url",
    "django.contrib.auth.hashers",
    "django.core.management",
    "django.db.migrations.executor",
    "django.forms",
    "django.template.loader",
    "django.test",
    "django.contrib.staticfiles.storage",
    "django_htmx.middleware",
    "docx",
    "psycopg",
    "pyarrow.compute",
    "pyarrow.parquet",
    "pydantic",
    "pyotp",
    "pypinyin",
    "rich.console",
    "segno",
    "whitenoise.storage",
    "xlsxwriter",
    "xinglin.apps.access.table",
    "xinglin.apps.access.scope",
    "xinglin.base.pinyin",
    "xinglin.base.places",
    "xinglin.cli.main",
    "xinglin.facts",
    "xinglin.records",
)
"""Imported before the fork. None of them reads the environment."""


class ForkServer:
    """The process that forks."""

    def __init__(self) -> None:
        plain = {
            key: value for key, value in os.environ.items() if not key.startswith(("XINGLIN_", "DJANGO_"))
        }
        plain.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=plain,
            start_new_session=True,
        )
        atexit.register(self.close)

    def run(self, order: dict[str, Any], seconds: float) -> int:
        """Carry out an order in a new process; its exit code.

        Raises:
            TimeoutError: it takes too long; the server is gone then.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                self.close()
                raise TimeoutError(f"{order['words'] or order['script']}: {seconds} s")
        return int(self.process.stdout.readline())

    def close(self) -> None:
        """End it and whatever it still runs."""
        server.cache_clear()
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.communicate()


@lru_cache(maxsize=1)
def server() -> ForkServer:
    """The one of this test process."""
    return ForkServer()


def serve() -> None:
    """Import, read the definitions that are shipped, then fork for every order until there are no more."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in LIBRARIES:
            importlib.import_module(name)
        importlib.import_module("xinglin.records").load_definitions()
    for line in sys.stdin.buffer:
        child = os.fork()
        if not child:
            carry_out(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def carry_out(order: dict[str, Any]) -> None:
    """Become the process that was ordered, and end."""
    printed = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, printed), (2, printed)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["environment"])
    code = 1
    try:
        _run(order)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _run(order: dict[str, Any]) -> None:
    if order["script"]:
        exec(compile(order["script"], "script", "exec"), {"__name__": "__main__"})
        return
    sys.argv = ["xinglin", *order["words"]]
    from xinglin.cli.main import main

    main()


if __name__ == "__main__":
    serve()
