"""``audit_verify``: verify the log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xinglin.apps.audit.verify import verify


class Command(BaseCommand):
    """Compute the chain again; exit code 1 if something is wrong."""

    help = "核对审计日志：改动、删除、插入、调换、截断"

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and tell."""
        del args, options
        verdict = verify()
        self.stdout.write("\n".join(verdict.lines()))
        if not verdict.ok:
            raise SystemExit(1)
