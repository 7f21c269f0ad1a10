"""Pages are made from the standings that the unit tests of the report use."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "unit" / "report"))
