"""A creation, an upgrade or a restore killed at any step: the next start says so, and one command mends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from installation_factories import FILL, POSTGRESQL, Installation, copy_of, installation

from xinglin.apps.installation import unfinished

KILLED = 9
KILL = """
import os, sys
from pathlib import Path
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
from xinglin.apps.installation import unfinished
from xinglin.cli import site_base
step, inside, words = {step!r}, {inside!r}, {words!r}
at, real, settle = [""], unfinished._write, site_base.settle

def note(home, one):
    real(home, one)
    at[0] = one.step
    if one.step == step and not inside:
        os._exit(9)

def kill_in_the_middle(found, name):
    plain, calls = getattr(found, name), []
    def instead(*sent, **more):
        done = plain(*sent, **more)
        calls.append(1)
        if at[0] == step and len(calls) == (1 if inside == "migration" else 3):
            os._exit(9)
        return done
    setattr(found, name, instead)

unfinished._write = note
if inside == "migration":
    from django.db.migrations.executor import MigrationExecutor
    kill_in_the_middle(MigrationExecutor, "apply_migration")
from xinglin.cli.main import main
if inside == "table":
    from xinglin.cli import site_backups
    def settled(*sent, **more):
        settle(*sent, **more)
        from xinglin.apps.installation.backup import restore
        kill_in_the_middle(restore, "_fill")
    site_backups.settle = settled
main(words)
"""


def killed(one: Installation, step: str, inside: str, *words: str) -> None:
    """Run a command of the site in a process that is killed when it has reached a step, or in the middle of it."""
    script = KILL.format(step=step, inside=inside, words=["site", *words])
    one._run([], script, KILLED, {})


def words_of(one: Installation) -> str:
    """What the next start says."""
    found = unfinished.found(one.home)
    assert found is not None
    return found.words(one.home)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with rows in it; not to be changed."""
    with installation(tmp_path_factory.mktemp("filled") / "home") as found:
        found.run("create")
        found.python(FILL)
        yield found


@pytest.mark.soak
def test_an_upgrade_killed_at_any_step_is_told_and_mended(filled: Installation, tmp_path: Path) -> None:
    with copy_of(filled, tmp_path / "home") as copied:
        copied.python("""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "work", "zero", verbosity=0)
call_command("migrate", "exchange", "zero", verbosity=0)
from django.db import connection
connection.cursor().execute("CREATE TABLE work_job (id integer)")
""")
        said = copied.run("upgrade", code=1)
        assert "停在“升级数据库”" in said, "told at once when it fails"
        copied.python("""
import django; django.setup()
from django.db import connection
connection.cursor().execute("DROP TABLE work_job")
""")
        for step, inside in (
            ("升级数据库", ""),
            ("升级数据库", "migration"),
            ("更新静态文件", ""),
            ("重建旧记录的检索", ""),
        ):
            killed(copied, step, inside, "upgrade")
            said = words_of(copied)
            assert "上次升级没有做完" in said
            assert f"停在“{step}”" in said
            assert "再运行 xinglin site upgrade" in said
        assert said in copied.run("serve", "--port", "1", code=2)
        assert f"{said}（xinglin.E016）" in copied.run("check", code=1)
        assert "已升级" in copied.run("upgrade")
        assert not (copied.home / unfinished.NAME).exists()
        assert "xinglin.E" not in copied.run("check")


@pytest.mark.soak
def test_a_restore_killed_at_any_step_is_told_and_begun_anew(filled: Installation, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    filled.run("backup", str(path))
    with installation(tmp_path / "target") as target:
        words = ("restore", str(path), "--into", str(target.home), "--keys", str(filled.home / "keys.json"))
        for step, inside in (
            (unfinished.FIRST, ""),
            ("核对备份", ""),
            ("放回文件", ""),
            ("建立各表", "migration"),
            ("写入各表", "table"),
            ("升级到本版", ""),
            ("核对恢复的内容", ""),
        ):
            killed(target, step, inside, *words)
            said = words_of(target)
            assert "没有做完的恢复" in said
            assert f"停在“{step}”" in said
            assert f"再运行 xinglin site restore {path} --into" in said
            if POSTGRESQL and step not in (unfinished.FIRST, "核对备份", "放回文件"):
                assert "DROP SCHEMA" in target.run(*words, code=2)
                empty(target)
        said = words_of(target)
        for refused in (("serve", "--port", "1"), ("backup", str(tmp_path / "half.zip"))):
            assert said in target.run(*refused, code=2)
        (target.home / "files" / "left").parent.mkdir(exist_ok=True)
        (target.home / "files" / "left").write_text("of the half", encoding="utf-8")
        said = target.run(*words)
        assert "已清掉，从头恢复" in said
        assert "行数、校验和与备份相同" in said
        assert not (target.home / "files" / "left").exists()
        assert not (target.home / unfinished.NAME).exists()
        target.run("check")
        assert "已有内容" in target.run(*words, code=2)


@pytest.mark.soak
def test_a_creation_killed_at_any_step_is_told_and_begun_anew(tmp_path: Path) -> None:
    with installation(tmp_path / "target") as target:
        for step, inside in (
            (unfinished.FIRST, ""),
            ("写密钥", ""),
            ("建立数据库", "migration"),
            ("建立第一个账号", ""),
        ):
            killed(target, step, inside, "create", "--home", str(target.home))
            said = words_of(target)
            assert "没有做完的建立" in said
            assert f"停在“{step}”" in said
            assert said in target.run("serve", "--port", "1", code=2)
            if POSTGRESQL:
                empty(target)
        said = target.run("create")
        assert "已清掉，从头建立" in said
        assert "一次性密码" in said
        assert not (target.home / unfinished.NAME).exists()
        assert "xinglin.E" not in target.run("check")
        assert "已有内容" in target.run("create", code=2)


def empty(target: Installation) -> None:
    """As the message says."""
    with psycopg.connect(target.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")


@pytest.mark.any_database
def test_a_folder_with_a_broken_upgrade_is_not_cleared_by_a_restore(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    note = unfinished.under_way(home, unfinished.UPGRADE)
    note.__enter__()("升级数据库")
    assert not note.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert json.loads((home / unfinished.NAME).read_text(encoding="utf-8"))["step"] == "升级数据库"
    unfinished.refuse(home, unfinished.RESTORE)
    with pytest.raises(unfinished.HalfDone, match="site upgrade"):
        unfinished.refuse(home)
    (home / unfinished.NAME).write_text("{", encoding="utf-8")
    with pytest.raises(unfinished.HalfDone, match="读不出来"):
        unfinished.found(home)
