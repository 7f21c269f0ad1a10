"""Creating, checking, backing up and restoring: by the real commands, on a home and a database of their own."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from installation_factories import FILL, POSTGRESQL, Installation, Maker, copy_of, installation

from xinglin.apps.installation import lock
from xinglin.apps.installation.backup import archive as archives
from xinglin.apps.installation.keyring import place_keys
from xinglin.apps.protection.home import new_keys

PASS = "eine lange Losung"
OWN = Path(__file__).with_name("definitions")
COUNT = """
from xinglin.apps.accounts.models import User
from xinglin.apps.indicators.jobs import RECOUNT
from xinglin.apps.work import runner
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job
by = User.objects.get(username="u0")
job = ask(RECOUNT, by=by, place="441882", on="2025-12-31")
runner.work_off()
job.refresh_from_db()
print("counted", job.state, job.pk, job.error)
Facility.objects.create(name="后来的卫生院", place="441882102", kind="township_hospital",
    sponsor_level="county", ownership="public", beds=5)
"""

COUNT_ONLY = COUNT.split("Facility.objects.create", maxsplit=1)[0]
OUTSIDE = """
import datetime
from pathlib import Path
import pyarrow as pa
from django.conf import settings
from xinglin.facts import DatasetInfo, load_contract, open_dataset, write_dataset
from xinglin.facts.arrow import arrow_schema
home = Path(settings.XINGLIN_HOME)
facility = open_dataset(home / "facts").arrow("facility")
ids = facility["facility"].to_pylist()[:5]
seen = [(pk, number) for pk in ids for number in range(36)]
rows = {
    "visit": [{"visit": f"{pk}{number}", "facility": pk, "date": datetime.date(2025, 1 + number % 12, 9),
        "tcm": number % 3 == 0, "non_drug": number % 5 == 0} for pk, number in seen],
    "reporting": [{"unit": pk, "table": "visit", "period": f"2025-{month:02d}", "status": "reported"}
        for pk in ids for month in range(1, 13)],
}
schemas = {name: arrow_schema(load_contract().table(name)) for name in rows}
tables = {name: pa.Table.from_pylist(found, schema=schemas[name]) for name, found in rows.items()}
write_dataset(home.parent / "his", {"facility": facility, **tables}, DatasetInfo(area="441882", title="县医院"))
"""


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation as `create` leaves it; not to be changed, only copied."""
    with installation(tmp_path_factory.mktemp("created") / "home") as found:
        said = found.from_scratch("create", "--admin", "anquan")
        assert "anquan" in said
        assert "一次性密码" in said
        yield found


@pytest.fixture(scope="module")
def filled(created: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with rows in it."""
    with copy_of(created, tmp_path_factory.mktemp("filled") / "home") as found:
        found.python(FILL)
        yield found


@pytest.fixture(scope="module")
def backup(filled: Installation) -> Path:
    """A backup of it, keys inside."""
    path = filled.home.parent / "b.zip"
    said = filled.run("backup", str(path), XINGLIN_BACKUP_PASSPHRASE=PASS)
    assert "已备份" in said
    return path


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Maker]:
    """``another()``: a further installation, not created yet."""
    with ExitStack() as stack:
        yield lambda name="home": stack.enter_context(installation(tmp_path / name))


@pytest.fixture
def copied(created: Installation, tmp_path: Path) -> Iterator[Installation]:
    """A new installation that may be changed."""
    with copy_of(created, tmp_path / "home") as found:
        yield found


def test_a_new_home_is_for_its_owner_only(filled: Installation) -> None:
    for path, mode in ((filled.home, 0o700), (filled.home / "keys.json", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_create_does_not_overwrite(filled: Installation, another: Maker) -> None:
    assert "已有内容" in filled.run("create", code=2)
    if POSTGRESQL:
        other = another()
        environment = {**other.environment, "DATABASE_URL": filled.environment["DATABASE_URL"]}
        assert "已有账号" in Installation(other.home, environment).run("create", code=2)


def test_without_an_installation_the_commands_say_what_to_do(another: Maker) -> None:
    assert "site create" in another().run("check", code=2)


def test_a_backup_is_one_file_for_its_owner_only(filled: Installation, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        content = b"".join(archive.read(name) for name in archive.namelist())
    rows = {table["shape"]["name"]: table["rows"] for table in manifest["tables"]}
    assert rows["accounts_user"] == 13
    assert rows["organisations_facility"] == 12
    assert [one["path"] for one in manifest["files"]] == ["anchor/audit.log", "files/jobs/名单.txt"]
    secrets = json.loads((filled.home / "keys.json").read_text())
    for secret in (secrets["django"], secrets["encryption"]["k1"], "张3", "李3"):
        assert secret.encode() not in content
    assert "已经存在" in filled.run("backup", str(backup), code=2)


def test_restored_the_rows_are_the_same_and_the_chain_is_whole(backup: Path, another: Maker) -> None:
    target = another("home")
    said = target.run("restore", str(backup), "--into", str(target.home), XINGLIN_BACKUP_PASSPHRASE=PASS)
    assert "行数、校验和与备份相同，审计链完整" in said
    assert (target.home / "files/jobs/名单.txt").read_text(encoding="utf-8") == "名单"
    assert "审计链完整" in target.run("audit", "verify")
    said = target.python("""
import django; django.setup()
from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
print(User.objects.get(username="u3").display_name)
before = Entry.objects.order_by("-pk").first().pk
from xinglin.apps.audit.actions import record
print(record(by=None, action="x", kind="x").pk > before)
""")
    assert said.split() == ["张3", "True"]
    assert "已有内容" in target.run("restore", str(backup), "--into", str(target.home), code=2)


def test_a_backup_restores_into_the_other_kind_of_database(backup: Path, tmp_path: Path) -> None:
    if not POSTGRESQL:
        pytest.skip("另一种数据库要 PostgreSQL")
    sqlite = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "XINGLIN_HOME")}
    there = Installation(tmp_path / "sqlite", {**sqlite, "XINGLIN_HOME": str(tmp_path / "sqlite")})
    there.environment.pop("DJANGO_SETTINGS_MODULE", None)
    said = there.run("restore", str(backup), "--into", str(there.home), "--passphrase", PASS)
    assert "行数、校验和与备份相同" in said
    second = tmp_path / "second.zip"
    there.run("backup", str(second), "--passphrase", PASS)
    with installation(tmp_path / "back") as back:
        said = back.run("restore", str(second), "--into", str(back.home), "--passphrase", PASS)
        assert "行数、校验和与备份相同" in said


def test_verify_restores_into_a_folder_of_its_own(filled: Installation, backup: Path) -> None:
    assert "备份完好" in filled.run("verify", str(backup))
    assert "口令不对" in filled.run("verify", str(backup), "--passphrase", "falsch", code=2)


@pytest.mark.once
def test_without_keys_in_the_backup_they_must_be_given(filled: Installation, another: Maker) -> None:
    path = filled.home.parent / "bare.zip"
    assert "没有密钥" in filled.run("backup", str(path))
    target = another("home")
    words = ("restore", str(path), "--into", str(target.home))
    assert "--keys" in target.run(*words, code=2)
    assert not target.home.exists()
    said = target.run(*words, "--keys", str(filled.home / "keys.json"))
    assert "已恢复" in said


def test_keys_rotated_since_open_an_earlier_backup(copied: Installation, another: Maker) -> None:
    path, target = copied.home.parent / "early.zip", another("later")
    copied.run("backup", str(path))
    copied.run("rotate-keys")
    keys = copied.home / "keys.json"
    assert "已恢复" in target.run("restore", str(path), "--into", str(target.home), "--keys", str(keys))
    assert (target.home / "keys.json").read_text() == keys.read_text()


def test_a_file_put_away_while_the_backup_is_written_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("stays", "half.part", "half.new"):
        (folder / name).write_text("x", encoding="utf-8")
    inside = archives._inside(tmp_path, "files")
    monkeypatch.setattr(archives, "_inside", lambda home, name: [*inside, folder / "gone"])
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        written = archives._write_files(archive, tmp_path, "files")
        assert [one.path for one in written] == archive.namelist() == ["files/stays"]


def test_other_keys_are_refused(backup: Path, another: Maker) -> None:
    target = another("home")
    place_keys(target.home.parent, new_keys())
    keys = str(target.home.parent / "keys.json")
    assert "不是写备份时的密钥" in target.run(
        "restore", str(backup), "--into", str(target.home), "--keys", keys, code=2
    )


@pytest.mark.once
@pytest.mark.parametrize(
    "victim", ["tables/accounts_user.jsonl", "files/jobs/名单.txt", "tables/audit_entry.jsonl"]
)
def test_a_changed_backup_is_refused(filled: Installation, backup: Path, tmp_path: Path, victim: str) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[: len(content) // 2] if name == victim else content)
    said = filled.run("verify", str(changed), code=2)
    assert "不完整" in said


def test_what_is_no_backup_is_told(filled: Installation, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_text("x")
    assert "不是杏林的备份" in filled.run("verify", str(path), code=2)


def test_a_tampered_log_is_found_after_a_restore(copied: Installation) -> None:
    """What was wrong before the backup is wrong after it, and is told."""
    target = copied
    target.python("""
import django; django.setup()
from xinglin.apps.audit import fence
from xinglin.apps.audit.models import Entry
from xinglin.apps.audit.sealing import seal_pending
seal_pending()
with fence.lifted():
    Entry.objects.filter(action="installation.create").update(action="nothing")
""")
    path = target.home.parent / "t.zip"
    target.run("backup", str(path))
    target.run("verify", str(path), code=1)


@pytest.mark.once
def test_check_tells_faults_with_hint_and_number(filled: Installation) -> None:
    said = filled.run("check", XINGLIN_HOSTS="*", XINGLIN_DEMO="1", code=1)
    for number in ("xinglin.E003", "xinglin.W004", "xinglin.W005"):
        assert number in said
    (filled.home / "keys.json").chmod(0o644)
    try:
        assert "xinglin.E001" in filled.run("check", code=1)
    finally:
        (filled.home / "keys.json").chmod(0o600)
    assert "postgres://" in filled.run("check", DATABASE_URL="mysql://a/b", code=2)
    assert "层数" in filled.run("check", XINGLIN_PROXIES="nginx", code=2)
    served = {"XINGLIN_HOSTS": "tcm.example.org", "XINGLIN_HTTPS": "1"}
    assert "xinglin.E004" in filled.run("check", code=1, **served)
    assert "处错误" in filled.run("check", XINGLIN_PROXIES="1", **served)


def test_check_tells_pending_migrations_and_serve_refuses(copied: Installation) -> None:
    target = copied
    target.python("""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", "work", "zero", verbosity=0)
""")
    assert "xinglin.E007" in target.run("check", code=1)
    assert "site upgrade" in target.run("serve", "--port", "1", code=2)
    target.run("upgrade")
    assert "xinglin.E007" not in target.run("check")


def test_a_backup_before_an_upgrade_restores(copied: Installation) -> None:
    copied.python("""
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
call_command("migrate", "forms", "0001", verbosity=0)
then = MigrationLoader(connection).project_state([("forms", "0001_initial")]).apps
then.get_model("forms", "Record").objects.create(definition="lecture")
""")
    path = copied.home.parent / "before.zip"
    assert "xinglin.E007" in copied.run("check", code=1)
    copied.run("backup", str(path))
    with zipfile.ZipFile(path) as archive:
        tables = {one["shape"]["name"]: one for one in json.loads(archive.read("manifest.json"))["tables"]}
    record = tables["forms_record"]
    assert (record["rows"], "county" in dict(record["shape"]["columns"])) == (1, False)
    assert "备份完好" in copied.run("verify", str(path))


def test_work_is_for_postgresql(filled: Installation) -> None:
    if POSTGRESQL:
        pytest.skip("这里试的是 SQLite")
    assert "PostgreSQL" in filled.run("work", code=2)
    assert "PostgreSQL" in filled.run("serve", "--no-worker", code=2)
    assert "PostgreSQL" in filled.run("serve", "--processes", "2", code=2)


def test_prune_tells_what_went_and_what_waits(copied: Installation) -> None:
    assert "删去 0 个文件" in copied.run("prune")
    facts = copied.home / "facts"
    (facts / "facts").mkdir(parents=True)
    (facts / "manifest.json").write_text('{"tables": {}}', encoding="utf-8")
    (facts / "facts" / "old.parquet").write_bytes(b"x")
    assert "另有 1 个不再列出" in copied.run("prune")
    (facts / "unlisted.json").write_text(
        '{"facts/old.parquet": "2020-01-01T00:00:00+00:00"}', encoding="utf-8"
    )
    assert "删去 1 个文件" in copied.run("prune")
    assert not (facts / "facts" / "old.parquet").exists()
    (facts / "manifest.json").write_text("{", encoding="utf-8")
    assert "读不出来" in copied.run("prune", code=2)


def test_rotate_keys_makes_a_new_key_and_goes_on_with_it(copied: Installation) -> None:
    assert "新密钥 k2" in copied.run("rotate-keys")
    assert set(json.loads((copied.home / "keys.json").read_text())["encryption"]) == {"k1", "k2"}
    assert "新密钥 k" not in copied.run("rotate-keys", "--continue")
    assert "审计链完整" in copied.run("audit", "verify")


def test_a_vintage_is_counted_again_after_a_restore(copied: Installation, another: Maker) -> None:
    said = copied.python(FILL + COUNT + COUNT).splitlines()
    first, second = (line.split() for line in said if line.startswith("counted"))
    assert (first[1], second[1]) == ("done", "done"), said
    path, target = copied.home.parent / "counted.zip", another("back")
    copied.run("backup", str(path), "--passphrase", PASS)
    assert "备份完好" in copied.run("verify", str(path), "--passphrase", PASS)
    target.run("restore", str(path), "--into", str(target.home), "--passphrase", PASS)
    receipts = [(target.home / "vintages" / one[2] / "receipt.json").read_text() for one in (first, second)]
    manifests = [json.loads(one)["facts_manifest"] for one in receipts]
    assert manifests[0] != manifests[1]
    for home in (copied.home, target.home):
        for one in (first, second):
            words = ("reproduce", str(home / "vintages" / one[2]), str(home / "facts"))
            assert "逐字节相同" in copied.command(*words)
    kept = sorted((target.home / "facts").rglob("facility/*.parquet"))
    assert len(kept) == 2
    for file in kept:
        file.unlink()
    words = ("reproduce", str(target.home / "vintages" / first[2]), str(target.home / "facts"))
    assert "与发布时不同" in copied.command(*words, code=1)


@pytest.mark.once
def test_facts_from_outside_are_counted_the_same_after_a_restore(
    copied: Installation, another: Maker, tmp_path: Path
) -> None:
    """They come back with the backup, and the restored installation counts what the first had counted."""
    copied.python(FILL + COUNT_ONLY + OUTSIDE)
    assert "诊疗人次：180 行" in copied.run(
        "facts", "add", str(copied.home.parent / "his"), "--source", "县医院HIS"
    )
    counted = _counted(copied.python("import django; django.setup()" + COUNT_ONLY))
    listed, path = copied.run("facts", "list"), copied.home.parent / "outside.zip"
    copied.run("backup", str(path), "--passphrase", PASS)
    said = {
        path.relative_to(copied.home).as_posix(): path
        for path in (copied.home / "facts").rglob("visit/**/*.parquet")
    }
    assert said
    targets = [another("back")]
    if POSTGRESQL:
        plain = {key: value for key, value in targets[0].environment.items() if key != "DATABASE_URL"}
        home = tmp_path / "sqlite"
        targets.append(Installation(home, {**plain, "XINGLIN_HOME": str(home)}))
    first = json.loads((copied.home / "vintages" / counted / "receipt.json").read_text())
    for target in targets:
        told = target.run("restore", str(path), "--into", str(target.home), "--passphrase", PASS)
        assert "行数、校验和与备份相同，审计链完整" in told
        assert target.run("facts", "list") == listed
        for name, file in said.items():
            assert (target.home / name).read_bytes() == file.read_bytes(), name
        again = _counted(target.python("import django; django.setup()" + COUNT_ONLY))
        second = json.loads((target.home / "vintages" / again / "receipt.json").read_text())
        same = ("facts_manifest", "definitions_hash", "results_sha256", "engine")
        assert {name: second[name] for name in same} == {name: first[name] for name in same}
        words = ("reproduce", str(target.home / "vintages" / counted), str(target.home / "facts"))
        assert "逐字节相同" in target.command(*words)


def _counted(said: str) -> str:
    """The vintage that a recount made."""
    line = next(line.split() for line in said.splitlines() if line.startswith("counted"))
    assert line[1] == "done", said
    return line[2]


def test_a_file_that_leads_out_of_the_facts_is_left_out(tmp_path: Path) -> None:
    vintage = tmp_path / "vintages" / "v"
    vintage.mkdir(parents=True)
    (tmp_path / "keys.json").write_text("x")
    (tmp_path / "facts" / "facts").mkdir(parents=True)
    (tmp_path / "facts" / "facts" / "a.parquet").write_text("x")
    entries = [{"path": "../keys.json"}, {"path": "facts/a.parquet"}]
    (vintage / "facts.json").write_text(json.dumps({"tables": {"facility": entries}}))
    assert [name for name, _ in archives._frozen_facts(tmp_path)] == ["facts/facts/a.parquet"]


def test_what_a_vintage_lacks_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name, content in (("v", "{"), ("w", '{"tables": {"facility": [{"path": "facts/gone.parquet"}]}}')):
        (tmp_path / "vintages" / name).mkdir(parents=True)
        (tmp_path / "vintages" / name / "facts.json").write_text(content)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        assert archives._write_each(archive, archives._frozen_facts(tmp_path)) == []
    assert "读不出来" in caplog.text
    assert "facts/facts/gone.parquet" in caplog.text


@pytest.mark.once
def test_a_countys_own_definitions_are_in_the_backup(
    copied: Installation, another: Maker, tmp_path: Path
) -> None:
    own, path, target = tmp_path / "own", tmp_path / "own.zip", another("back")
    shutil.copytree(OWN, own)
    (own / ".git").mkdir()
    (own / ".git" / "config").write_text("x")
    copied.run("backup", str(path), "--passphrase", PASS, XINGLIN_DEFINITIONS=str(own))
    said = target.run("restore", str(path), "--into", str(target.home), "--passphrase", PASS)
    there = target.home / "definitions"
    assert f"XINGLIN_DEFINITIONS={there}" in said
    files = {one.relative_to(OWN): one.read_bytes() for one in OWN.rglob("*.yaml")}
    assert files
    assert {one.relative_to(there): one.read_bytes() for one in there.rglob("*") if one.is_file()} == files
    assert "xinglin.W015" not in target.run("check", XINGLIN_DEFINITIONS=str(there))
    second = tmp_path / "second.zip"
    target.run("backup", str(second), XINGLIN_DEFINITIONS=str(there))
    with zipfile.ZipFile(second) as archive:
        names = [name for name in archive.namelist() if name.startswith("definitions/")]
    assert len(names) == len(set(names)) == len(files)


def test_check_tells_a_folder_of_definitions_that_is_missing(filled: Installation) -> None:
    said = filled.run("check", XINGLIN_DEFINITIONS="/nowhere/own", code=1)
    assert "/nowhere/own" in said
    assert "xinglin.W015" in said


def test_upgrade_waits_for_nobody_who_serves(copied: Installation) -> None:
    with lock.take(copied.home):
        if POSTGRESQL:
            assert "已升级" in copied.run("upgrade")
            return
        said = copied.run("upgrade", code=2)
        assert "请先停止站点" in said
    assert "已升级" in copied.run("upgrade")
    lock.take(copied.home).close()
