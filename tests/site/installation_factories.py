"""Installations of the tests' own: a home folder and a database each, worked on by the real commands."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from fork_server import server

PATIENCE = 120
POSTGRESQL = "DATABASE_URL" in os.environ
FILL = """
import django; django.setup()
from django.db import transaction
from xinglin.apps.accounts.actions import Area, create_account
from xinglin.apps.audit.actions import record
from xinglin.apps.audit.sealing import seal_pending
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.work.models import Job, State
from xinglin.apps.protection.keys import keys
from django.conf import settings
from django.utils import timezone
for number in range(12):
    area = Area(place="441882")
    create_account(by=None, username=f"u{number}", display_name=f"张{number}", role="county_officer", area=area)
    Facility.objects.create(name=f"第{number}卫生院", place="441882101", kind="township_hospital",
        sponsor_level="county", ownership="public", beds=number, herb_cabinet=None if number % 3 else True)
    Practitioner.objects.create(licence="physician", category="tcm", name=f"李{number}", id_number=str(number))
    result = {"数": number, "名": "甲"}
    Job.objects.create(kind="x", label="统计", state=State.DONE, result=result, ended_at=timezone.now())
    record(by=None, action="facility.view", kind="facility", fields=["name", "place"])
folder = settings.XINGLIN_HOME / "files" / "jobs"
folder.mkdir(parents=True)
(folder / "名单.txt").write_text("名单", encoding="utf-8")
seal_pending()
"""


@dataclass(frozen=True)
class Installation:
    """A home folder and the environment that leads to its database."""

    home: Path
    environment: dict[str, str]

    def run(self, *words: str, code: int = 0, **more: str) -> str:
        """`xinglin site …` with this home and database; what it prints. The exit code must be as said."""
        return self.command("site", *words, code=code, **more)

    def command(self, *words: str, code: int = 0, **more: str) -> str:
        """`xinglin …` likewise."""
        return self._run(list(words), "", code, more)

    def python(self, script: str) -> str:
        """Run a script with the settings of this installation."""
        return self._run([], script, 0, {"DJANGO_SETTINGS_MODULE": "xinglin.config.settings"})

    def from_scratch(self, *words: str, code: int = 0) -> str:
        """`xinglin site …` as the shell starts it."""
        command = [sys.executable, "-m", "xinglin", "site", *words]
        ended = subprocess.run(
            command, env=self._environment({}), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def _run(self, words: list[str], script: str, code: int, more: dict[str, str]) -> str:
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as out:
            order = {
                "words": words,
                "script": script,
                "environment": self._environment(more),
                "out": out.name,
            }
            ended, said = server().run(order, PATIENCE), out.read()
        assert ended == code, said
        return said

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        """Without what is set for tests that drive a browser in this process."""
        found = {**self.environment, **more}
        found.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        return found


@contextmanager
def database(like: str = "") -> Iterator[dict[str, str]]:
    """The environment of an empty database: SQLite in the home folder, or a new one in the PostgreSQL server.

    Args:
        like: address of a database to copy (PostgreSQL).
    """
    ours = (
        "DATABASE_URL",
        "XINGLIN_HOME",
        "DJANGO_ALLOW_ASYNC_UNSAFE",
    )  # the last one is for tests with a browser
    plain = {key: value for key, value in os.environ.items() if key not in ours}
    plain.pop("DJANGO_SETTINGS_MODULE", None)
    if not POSTGRESQL:
        yield plain
        return
    base, name = os.environ["DATABASE_URL"], f"installation_{secrets.token_hex(4)}"
    with psycopg.connect(base, autocommit=True) as admin:
        template = f' TEMPLATE "{urlsplit(like).path[1:]}"' if like else ""
        admin.execute(f'CREATE DATABASE "{name}"{template}')
        try:
            yield {**plain, "DATABASE_URL": urlsplit(base)._replace(path=f"/{name}").geturl()}
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def installation(home: Path) -> Iterator[Installation]:
    """An installation that is yet to be created."""
    with database() as environment:
        yield Installation(home, {**environment, "XINGLIN_HOME": str(home)})


@contextmanager
def copy_of(one: Installation, home: Path) -> Iterator[Installation]:
    """The same installation once more, in another home folder and database."""
    shutil.copytree(one.home, home)
    with database(one.environment.get("DATABASE_URL", "")) as environment:
        yield Installation(home, {**environment, "XINGLIN_HOME": str(home)})


Maker = Callable[..., Installation]
