"""Write `src/xinglin/records/working_days.csv` from the package `chinesecalendar` (MIT).

Run when a new year has been published: ``uv run --with chinesecalendar python scripts/derive_working_days.py``.
Only days that differ from their weekday are kept: weekdays off, weekend days worked.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "xinglin" / "records" / "working_days.csv"
FIRST = 2015
SATURDAY = 5


def main() -> None:
    """Derive and write."""
    import chinese_calendar
    from chinese_calendar.constants import holidays

    last = max(day.year for day in holidays)
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("date", "works"))
        day = date(FIRST, 1, 1)
        while day.year <= last:
            works = chinese_calendar.is_workday(day)
            if works != (day.weekday() < SATURDAY):
                writer.writerow((day.isoformat(), int(works)))
            day += timedelta(days=1)


if __name__ == "__main__":
    main()
