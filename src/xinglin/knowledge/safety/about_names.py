"""Rules about what is written: names that are not settled, doses that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.knowledge.herbs import Ambiguous, Refused, Unknown
from xinglin.knowledge.safety.case import Case, Entry
from xinglin.knowledge.safety.model import Finding, Offer


def names(case: Case) -> Iterator[Finding]:
    """Unknown, ambiguous and refused names, each once."""
    for entry in _once(case.entries):
        same = [one for one in case.entries if one.name == entry.name]
        answer = entry.answer
        if isinstance(answer, Unknown):
            hint = f"可能是{'、'.join(answer.processed_from)}的炮制品，" if answer.processed_from else ""
            yield case.finding(
                "name_unknown",
                same,
                f"“{answer.written}”不在饮片表中",
                f"{hint}请改为标准名，或由中药师人工审核",
                offers=_offers(entry, answer.processed_from),
            )
        elif isinstance(answer, Ambiguous):
            yield case.finding(
                "name_ambiguous",
                same,
                f"“{answer.written}”可指{'、'.join(answer.candidates)}",
                "请选定一种再保存",
                why="；".join(part for part in (answer.reason, answer.caution) if part),
                offers=_offers(entry, answer.candidates),
            )
        elif isinstance(answer, Refused):
            why = "；".join(part for part in (answer.reason, answer.caution) if part)
            yield case.finding(
                "name_refused", same, f"“{answer.written}”不得开具", "请删去这味药，或另选他药", why=why
            )


def doses(case: Case) -> Iterator[Finding]:
    """Doses that are no number above zero; for external use none need be given."""
    faults: dict[str, list[Entry]] = {}
    for entry in case.entries:
        grams = entry.line.grams
        if grams is None and case.oral:
            faults.setdefault(f"{entry.name}没有写克数", []).append(entry)
        elif grams is not None and (not grams.is_finite() or grams <= 0):
            faults.setdefault(f"{entry.name}的克数写作 {grams}", []).append(entry)
    for what, entries in faults.items():
        yield case.finding("dose_missing", entries, what, "请写每剂的克数，如 9")


def _once(entries: tuple[Entry, ...]) -> list[Entry]:
    return list({entry.name: entry for entry in reversed(entries)}.values())


def _offers(entry: Entry, herbs: tuple[str, ...]) -> tuple[Offer, ...]:
    return tuple(Offer(entry.at, "herb", name) for name in herbs)
