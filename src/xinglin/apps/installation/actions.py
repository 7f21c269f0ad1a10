"""Creating an installation, backing it up and bringing it back; called by the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from xinglin.apps.access.scope import NATION
from xinglin.apps.accounts import factor
from xinglin.apps.accounts.actions import Area, create_account
from xinglin.apps.accounts.models import User
from xinglin.apps.audit.actions import record
from xinglin.apps.audit.models import Seal
from xinglin.apps.forms.actions.saving import reindex
from xinglin.apps.forms.book import book
from xinglin.apps.installation import checks, unfinished
from xinglin.apps.installation.backup import archive as archives
from xinglin.apps.installation.backup import restore as restoring
from xinglin.base.errors import XinglinError


@dataclass(frozen=True)
class FirstAccount:
    """The first account of an installation, as printed once."""

    username: str
    password: str
    secret: str


def upgrade_site(home: Path) -> int:
    """Bring an installation up to this version; broken off, it says so until it is done again.

    Returns:
        Records of an earlier version of their definition, found again by the fields of this one.
    """
    connection.ensure_connection()
    with unfinished.under_way(home, unfinished.UPGRADE) as reached:
        reached("升级数据库")
        call_command("migrate", interactive=False, verbosity=0)
        reached("更新静态文件")
        gather_static()
        reached("重建旧记录的检索")
        return sum(reindex(one) for one in book() if one.version > 1 or one.who.units)


def upgrade() -> None:
    """Bring the tables up to this version, and gather the static files."""
    call_command("migrate", interactive=False, verbosity=0)
    gather_static()


def gather_static() -> None:
    """Put the static files where the server takes them from, under names by content."""
    call_command("collectstatic", interactive=False, verbosity=0)


@transaction.atomic
def first_security_administrator(username: str) -> FirstAccount:
    """The account that makes all others, with a one-time password and a secret for one-time codes.

    Raises:
        XinglinError: there is an account already.
    """
    if User.objects.exists():
        raise XinglinError("这个数据库里已有账号，不能再建第一个安全管理员")
    area = Area(place=NATION)
    made = create_account(by=None, username=username, display_name="", role="security_admin", area=area)
    secret = factor.new_secret()
    made.user.totp_secret = secret
    made.user.save(update_fields=["totp_secret"])
    record(by=None, action="installation.create", kind="installation")
    return FirstAccount(made.user.username, made.password, secret)


def backup(path: Path, home: Path, passphrase: str) -> archives.BackupManifest:
    """Write a backup, and remember that it was written."""
    manifest = archives.write_backup(path, home, passphrase)
    checks.note_backup()
    with transaction.atomic():
        record(by=None, action="installation.backup", kind="installation", count=manifest.rows)
    return manifest


def load(
    path: Path, home: Path, reached: Callable[[str], None] = lambda step: None
) -> tuple[archives.BackupManifest, list[str]]:
    """Bring tables and files of a backup into an empty home folder and database that settings already name.

    Args:
        reached: called with words for each step before it is done.

    Returns:
        The manifest, and what is not as it was ([]: everything is).
    """
    with archives.open_backup(path) as archive:
        reached("核对备份")
        manifest = archives.read_backup_manifest(archive)
        faults = archives.faults_of(archive, manifest)
        if faults:
            raise archives.BackupError("备份不完整：" + "；".join(faults[:5]))
        reached("放回文件")
        archives.extract_files(archive, manifest, home)
        restoring.load(archive, manifest, reached)
    reached("核对恢复的内容")
    differences = restoring.differences(manifest)
    _note_restore()
    return manifest, differences + audit_faults()


def _note_restore() -> None:
    """Tell the anchor that the chain goes on from here."""
    from xinglin.apps.audit import anchor

    head = Seal.objects.order_by("-sequence").first()
    anchor.note_restore(head.sequence if head else 0, head.mac if head else "")
    with transaction.atomic():
        record(by=None, action="installation.restore", kind="installation")


def audit_faults() -> list[str]:
    """What the audit chain's verification finds, in Chinese."""
    from xinglin.apps.audit.verify import verify

    return [str(fault) for fault in verify().faults]
