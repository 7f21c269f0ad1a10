"""Footnotes of special decoction (脚注): what a written one says, and whether it does what a herb asks for."""

from __future__ import annotations

from xinglin.knowledge.herbs import Herb

_SAID_BY = {
    "先煎": ("先煎", "久煎", "先下"),
    "久煎": ("先煎", "久煎", "先下"),
    "后下": ("后下", "后入"),
    "包煎": ("包煎", "布包", "袋煎"),
    "另煎": ("另煎", "另炖", "单煎", "炖服"),
    "烊化": ("烊", "溶"),
    "溶入药汤": ("溶", "冲", "兑", "烊"),
    "不宜久煎": ("不宜久煎", "后下", "后入", "泡"),
    "研粉吞服": ("冲", "吞", "研", "胶囊"),
    "研末冲服": ("冲", "吞", "研", "胶囊"),
}
"""Asked for by the pharmacopoeia: what people write for it."""
_SWALLOWED = ("冲", "吞", "研", "胶囊", "丸", "散", "烊", "溶", "兑")
_NEVER_SWALLOWED = ("先煎", "久煎")  # a toxic herb that has to be boiled long is not excused by 冲服


def swallowed(written: str | None) -> bool:
    """It is taken as powder, dissolved or in a capsule, not boiled with the rest."""
    return any(word in (written or "") for word in _SWALLOWED)


def fulfils(herb: Herb, written: str | None) -> bool:
    """The footnote does what the herb asks for: any one of several; where nothing is asked, anything does."""
    text = written or ""
    if not herb.decoction:
        return True
    if any(word in text for asked in herb.decoction for word in _SAID_BY[asked]):
        return True
    strict = herb.toxic and any(asked in _NEVER_SWALLOWED for asked in herb.decoction)
    return swallowed(text) and not strict
