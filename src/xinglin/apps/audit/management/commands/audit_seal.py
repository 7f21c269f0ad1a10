"""``audit_seal``: seal what is unsealed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xinglin.apps.audit.sealing import seal_pending


class Command(BaseCommand):
    """Seal all entries that wait, and write the anchor."""

    help = "封存还没有封存的审计日志，并写锚"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal and say how many."""
        del args, options
        self.stdout.write(f"封存 {seal_pending():,} 条。")
