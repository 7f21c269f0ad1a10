"""``rotate_keys``: a new encryption key, and everything encrypted anew with it. Here because it is logged."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from xinglin.apps.audit.actions import record
from xinglin.apps.protection.keys import keys
from xinglin.apps.protection.rotation import Progress, new_key, remaining, rotate


class Command(BaseCommand):
    """Make a new key current, then encrypt anew; ``--continue`` goes on with a run that was broken off."""

    help = "更换加密密钥，并把已加密的栏目逐批改用新密钥；网站可以照常运行"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether a new key is made."""
        parser.add_argument(
            "--continue", action="store_true", dest="go_on", help="不换新密钥，接着上次没做完的"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, tell how far it is, and log it."""
        del args
        if not options["go_on"]:
            self.stdout.write(f"新密钥 {new_key(settings.XINGLIN_HOME)}。请马上备份 keys.json。")
        done = rotate(tell=self._tell)
        rows = sum(one.done for one in done)
        bad = [f"{one.column} {pk}" for one in done for pk in one.unreadable]
        left = remaining()
        outcome = "failed" if bad or left else "done"
        record(by=None, action="keys.rotate", kind="keys", id=keys().current, count=rows, outcome=outcome)
        self.stdout.write(
            f"改用新密钥 {rows:,} 处，未改 {sum(left.values()):,} 处。旧密钥留在 keys.json 里，备份要用。"
        )
        for words in bad:
            self.stdout.write(f"解不开：{words}（密文被改动，或缺密钥）")
        if outcome == "failed":
            raise SystemExit(1)

    def _tell(self, progress: Progress) -> None:
        self.stdout.write(f"{progress.column}：{progress.done:,} / {progress.total:,}")
