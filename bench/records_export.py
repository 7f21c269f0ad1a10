"""``python -m bench.records_export csv|xlsx``: one export in a process of its own.

Prints rows, bytes, seconds and peak MiB as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from bench.records_home import MANY  # noqa: E402
from xinglin.apps.accounts.models import User  # noqa: E402
from xinglin.apps.audit.models import Entry  # noqa: E402
from xinglin.apps.exchange import exporting  # noqa: E402
from xinglin.apps.exchange.spec import SPECS  # noqa: E402


def main(format_: str) -> None:
    by = User.objects.filter(grants__role="regional_officer").order_by("-pk")[0]
    begun = time.monotonic()
    file = exporting.at_once(exporting.Wanted(SPECS[f"records.{MANY}"], {}, by, format_), None)
    seconds = time.monotonic() - begun
    rows = Entry.objects.filter(action="export", actor=by.pk).order_by("-pk")[0].count
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
    print(json.dumps([rows, file.seek(0, 2), round(seconds, 1), peak]))


if __name__ == "__main__":
    main(sys.argv[1])
