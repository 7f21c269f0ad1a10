"""`python -m bench [places|lianzhou|jiangsu]`: measure, print, exit 1 if a limit is not met."""

from __future__ import annotations

import sys

from bench import jiangsu, lianzhou, places


def main(wanted: list[str]) -> int:
    parts = ("places", "lianzhou", "jiangsu")
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        print(f"no such part: {' '.join(unknown)}; choose from {' '.join(parts)}", file=sys.stderr)
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
    print("\nall limits met" if met else "\nNOT all limits met")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
