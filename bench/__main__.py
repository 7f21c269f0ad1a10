"""`python -m bench [places|lianzhou|jiangsu]`: measure, print, exit 1 if a limit is not met.

`python -m bench site [rows]`, and `audit`, `import`, `import-records`, `records`, `insight` and `clinic` in its place,
measure the site; `python -m bench publish [PLACE]` the publication of a whole province.
"""

from __future__ import annotations

import sys

from bench import (
    clinic_load,
    insight_load,
    jiangsu,
    lianzhou,
    places,
    publish,
    site_audit,
    site_import,
    site_load,
    site_records,
)

WITH_WORDS = {
    "site": site_load.main,
    "audit": site_audit.main,
    "import": site_import.main,
    "import-records": site_import.main_records,
    "records": site_records.main,
    "insight": insight_load.main,
    "clinic": clinic_load.main,
    "publish": publish.main,
}
"""Parts run one at a time: they take words of their own."""


def main(wanted: list[str]) -> int:
    if wanted and wanted[0] in WITH_WORDS:
        return ended(WITH_WORDS[wanted[0]](wanted[1:]))
    parts = ("places", "lianzhou", "jiangsu")
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        print(
            f"no such part: {' '.join(unknown)}; choose from {' '.join((*parts, *WITH_WORDS))}",
            file=sys.stderr,
        )
        return 2
    met = True
    for name in wanted or parts:
        if name == "places":
            places.main()
        elif name == "lianzhou":
            met &= lianzhou.main()
        else:
            met &= jiangsu.main()
            met &= lianzhou.province()
    return ended(met)


def ended(met: bool) -> int:
    """Say whether every limit was met; the exit code."""
    print("\nall limits met" if met else "\nNOT all limits met")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
