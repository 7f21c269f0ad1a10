"""What must be right before real people work with an installation: message, hint and number of each fault.

They are Django system checks of the tag ``deploy``, so ``xinglin site check`` and the page show the same.
"""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from django.db import connection
from django.utils import timezone

from xinglin.apps.audit.models import Entry
from xinglin.apps.audit.sealing import SEALER, pending
from xinglin.apps.installation.djangos import in_chinese

FREE_ERROR, FREE_WARNING = 1 << 30, 5 << 30
SEALED_WITHIN = timedelta(minutes=1)
BACKUP_WITHIN = timedelta(days=2)
CLOCK_OFF = timedelta(seconds=30)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""
LAST_BACKUP = "last-backup.json"

SILENCED = {
    "security.W004",
    "security.W008",
    "security.W012",
    "security.W016",
    "security.W021",
}
"""What `https` says once; and a list of browser makers that nobody need be on."""


def found(*, deploy: bool = True) -> list[CheckMessage]:
    """Every fault in Chinese, the worst first."""
    messages = checks.run_checks(include_deployment_checks=deploy, databases=["default"])
    ours = [in_chinese(one) for one in messages if one.id not in SILENCED]
    return sorted(ours, key=lambda one: (-one.level, str(one.id)))


@checks.register("site", deploy=True)
def keys(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The keys are for the program's own eyes."""
    del app_configs, more
    for name, number in (("keys.json", "xinglin.E001"), ("", "xinglin.E002")):
        path = settings.XINGLIN_HOME / name
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            mode = "600" if name else "700"
            yield Error(f"{path} 可以被别的用户读到", hint=f"运行 chmod {mode} {path}", id=number)


@checks.register("site", deploy=True)
def hosts(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The site knows the names it is reached by."""
    del app_configs, more
    if "*" in settings.ALLOWED_HOSTS:
        words = "XINGLIN_HOSTS 是 *，任何主机名都接受"
        yield Error(words, hint="写明本站的主机名，如 tcm.lianzhou.gov.cn", id="xinglin.E003")
    elif not set(settings.ALLOWED_HOSTS) - {"localhost", "127.0.0.1", "[::1]"}:
        hint = "设置 XINGLIN_HOSTS=主机名（多个用逗号隔开）；只在本机使用可以不管"
        yield Warning("只能在本机访问：没有设置主机名", hint=hint, id="xinglin.W003")


@checks.register("site", deploy=True)
def https(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """Passwords and names do not travel in the clear."""
    del app_configs, more
    if not settings.HTTPS:
        hint = "在前面放反向代理提供 HTTPS，然后设置 XINGLIN_HTTPS=1 和 XINGLIN_PROXIES=1"
        yield Warning("没有启用 HTTPS，密码和姓名以明文传送", hint=hint, id="xinglin.W004")
    elif not settings.XINGLIN_PROXIES:
        hint = "设置 XINGLIN_PROXIES 为前面反向代理的层数，通常是 1"
        words = "设了 XINGLIN_HTTPS 而没有设 XINGLIN_PROXIES，页面会不停地转向，打不开"
        yield Error(words, hint=hint, id="xinglin.E004")


@checks.register("site", deploy=True)
def demonstration(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """Nobody works in a demonstration by mistake."""
    del app_configs, more
    if settings.XINGLIN_DEMO:
        yield Warning("处于演示模式", hint="正式使用请去掉 XINGLIN_DEMO", id="xinglin.W005")
    else:
        user = apps.get_model("accounts", "User")
        if _has_tables() and user.objects.filter(demo=True, is_active=True).exists():
            hint = "停用演示账号，或另建一个装置"
            yield Warning("库里有演示账号", hint=hint, id="xinglin.W006")


@checks.register("site", deploy=True)
def migrations(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The tables are those this version works with."""
    del app_configs, more
    waiting = pending_migrations()
    if waiting:
        words = f"有 {len(waiting)} 项数据库升级没有做"
        yield Error(words, hint="先备份，再运行 xinglin site upgrade", id="xinglin.E007")


def pending_migrations() -> list[str]:
    """Migrations of this version that the database has not had."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _has_tables() -> bool:
    return Entry._meta.db_table in connection.introspection.table_names()


@checks.register("site", deploy=True)
def sealing(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The sealer keeps up."""
    del app_configs, more
    if not _has_tables() or not SEALER.unsealed():
        return
    waiting = pending(SEALER.floor).filter(at__lt=timezone.now() - SEALED_WITHIN).count()
    if waiting:
        hint = "站点没有运行时会这样，运行 xinglin site audit seal；运行着仍这样，请看服务日志"
        yield Warning(f"有 {waiting} 条日志一分钟以上没有封存", hint=hint, id="xinglin.W008")


@checks.register("site", deploy=True)
def disk(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """There is room."""
    del app_configs, more
    free = shutil.disk_usage(settings.XINGLIN_HOME).free
    if free < FREE_WARNING:
        kind, number = (Error, "xinglin.E009") if free < FREE_ERROR else (Warning, "xinglin.W009")
        hint = "清理磁盘，或把数据目录移到更大的磁盘"
        yield kind(f"数据目录所在磁盘只剩 {free / (1 << 30):.1f} GB", hint=hint, id=number)


@checks.register("site", deploy=True)
def clock(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The time is right: one-time codes, sessions and the log rest on it."""
    del app_configs, more
    now, hint = timezone.now(), "校准服务器时间，并打开自动对时（NTP）"
    if now < BUILT:
        yield Error(f"服务器时间是 {now:%Y-%m-%d}，明显不对", hint=hint, id="xinglin.E010")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            off = abs(cursor.fetchone()[0] - timezone.now())
        if off > CLOCK_OFF:
            words = f"服务器与数据库的时间相差 {off.total_seconds():.0f} 秒"
            yield Error(words, hint=hint, id="xinglin.E011")
    last = Entry.objects.order_by("-pk").first() if _has_tables() else None
    if last is not None and last.at > timezone.now() + CLOCK_OFF:
        words = f"最近一条日志的时间（{timezone.localtime(last.at):%Y-%m-%d %H:%M}）在将来，时间被往回调过"
        yield Warning(words, hint=hint, id="xinglin.W012")


@checks.register("site", deploy=True)
def backups(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """There is a backup, and it is not old."""
    del app_configs, more
    last, hint = last_backup(), "每天运行 xinglin site backup，把文件存到别的机器，并定期演练恢复"
    if last is None:
        yield Warning("还没有备份过", hint=hint, id="xinglin.W013")
    elif timezone.now() - last > BACKUP_WITHIN:
        words = f"上次备份在 {timezone.localtime(last):%Y-%m-%d %H:%M}"
        yield Warning(words, hint=hint, id="xinglin.W013")


@checks.register("site", deploy=True)
def anchors(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The audit log is anchored on another machine too."""
    del app_configs, more
    if len(getattr(settings, "XINGLIN_ANCHORS", ())) == 1:
        hint = "设置 XINGLIN_ANCHOR 为另一台机器上的目录：单凭本机的锚，查不出有人同时截断了库和锚"
        yield Warning("审计日志只锚定在本机", hint=hint, id="xinglin.W014")


@checks.register("site", deploy=True)
def definitions(app_configs: Any, **more: Any) -> Iterator[CheckMessage]:
    """The county's own record definitions are where they are said to be."""
    del app_configs, more
    for folder in settings.XINGLIN_DEFINITIONS:
        if not folder.is_dir():
            hint = "更正 XINGLIN_DEFINITIONS；从备份恢复的定义在数据目录的 definitions 里"
            yield Warning(f"没有本地登记表定义的目录 {folder}", hint=hint, id="xinglin.W015")


def note_backup() -> None:
    """Remember that a backup was written now."""
    path = settings.XINGLIN_HOME / LAST_BACKUP
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"at": timezone.now().isoformat()}), encoding="utf-8")
    new.replace(path)


def last_backup() -> datetime | None:
    """When the last backup was written, or None."""
    try:
        text = (settings.XINGLIN_HOME / LAST_BACKUP).read_text(encoding="utf-8")
        return datetime.fromisoformat(json.loads(text)["at"])
    except (OSError, ValueError, KeyError):
        return None
