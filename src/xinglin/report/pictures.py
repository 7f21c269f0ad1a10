"""Charts as PNG, for files that cannot hold SVG text safely: the signs are drawn here, so they are checked here."""

from __future__ import annotations

import json
import struct
from typing import Any

from xinglin.report.fonts import require_signs

_SCALE = 2.5  # about 200 dots an inch at the width of a page


def draw_png(spec: dict[str, Any]) -> tuple[bytes, float]:
    """A Vega-Lite description as PNG on white, and its height ÷ width.

    Raises:
        MissingFontError: a sign in it has no font on this machine.
    """
    import vl_convert

    require_signs(json.dumps(spec["data"], ensure_ascii=False) + spec["description"])
    white = {**spec, "config": {**spec["config"], "background": "white"}}
    png: bytes = vl_convert.vegalite_to_png(white, scale=_SCALE)
    width, height = struct.unpack(">II", png[16:24])
    return png, height / width
