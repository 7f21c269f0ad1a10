"""Rules about how a herb goes into the pot: missing footnotes, and herbs that are not boiled at all."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.knowledge.safety import footnotes
from xinglin.knowledge.safety.case import Case, Entry
from xinglin.knowledge.safety.model import Finding, Offer

_SHORT = "不宜久煎"  # said of herbs that many doctors boil with the rest on purpose
_ALONE = "冲服"


def boiled(case: Case) -> Iterator[Finding]:
    """Footnotes that the pharmacopoeia asks for, and herbs that are not decocted; only where herbs are boiled."""
    if not case.decocted:
        return
    for amount in case.usable:
        herb = amount.herb
        if herb.never_oral:
            continue
        asked = [one for one in amount.entries if not footnotes.fulfils(herb, one.line.decoction)]
        boiled = [one for one in amount.entries if one not in asked and not one.swallowed]
        if herb.decoction and asked:
            yield _missing(case, asked, herb.decoction)
        elif herb.decoctable == "no" and boiled:
            yield case.finding(
                "not_decoctable",
                boiled,
                f"{herb.name}不入煎剂",
                "请加注冲服、吞服等，或改用丸散",
                why=herb.note,
                offers=tuple(Offer(one.at, "decoction", _ALONE) for one in boiled),
            )


def _missing(case: Case, entries: list[Entry], asked: tuple[str, ...]) -> Finding:
    short = asked == (_SHORT,)
    offer = "后下" if short else asked[0]
    return case.finding(
        "not_long" if short else "footnote_missing",
        entries,
        f"{entries[0].name}{'' if short else '应注明'}{'或'.join(asked)}",
        f"一键补上“{offer}”",
        offers=tuple(Offer(one.at, "decoction", offer) for one in entries),
    )
