"""Rules about how much: only what is too much is ever found, never what is little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from xinglin.knowledge.herbs import Herb
from xinglin.knowledge.safety.case import Amount, Case, plain
from xinglin.knowledge.safety.model import Finding, Kind, Offer

_POPPY = "narcotic"  # has rules of its own
_FOOD = "药引食材"
_ALONE = "单味"


@dataclass(frozen=True, slots=True)
class _Limit:
    """The most grams a day, by which rule, for which herb (the processed form, where that is what is dispensed)."""

    grams: Decimal
    rule: str
    herb: Herb
    how: str = ""


def above(case: Case) -> Iterator[Finding]:
    """More a day than the book gives; exactly at the limit is within it."""
    if not case.oral:
        return
    for amount in case.usable:
        limit = _limit(case, amount)
        if limit is None or not case.exceeds(amount, limit.grams):
            continue
        special = amount.herb.special_max
        rule = limit.rule
        if rule == "dose_above" and special is not None and not case.exceeds(amount, special):
            if amount.herb.special_use != _ALONE:
                rule = "dose_above_special"
            elif len(case.entries) == 1:
                continue
        yield _above(case, amount, limit, rule)


def _above(case: Case, amount: Amount, limit: _Limit, rule: str) -> Finding:
    herb = amount.herb
    extra = ""
    if herb.special_max is not None:
        extra = f"{herb.special_use}可用至{plain(herb.special_max)}克"
    fix = {
        "dose_above": "减到范围内；确需此量，写明理由并再次签名",
        "powder_above": "减到范围内；确需此量，写明理由并再次签名",
        "dose_above_special": "用于该用途时请在处方上写明；否则减到常用量",
        "dose_above_unverified": "请核对是否确需此量",
    }[rule]
    what = f"{herb.name}每日{case.daily(amount)}克，上限{plain(limit.grams)}克{limit.how}"
    return case.finding(rule, amount.entries, what, fix, why=extra, offers=_down(case, amount, limit))


def _down(case: Case, amount: Amount, limit: _Limit) -> tuple[Offer, ...]:
    """The upper dose for one touch, where one line holds the herb and a day is a dose."""
    if len(amount.entries) > 1 or case.prescription.lasts != case.prescription.doses:
        return ()
    return (Offer(amount.entries[0].at, "grams", plain(limit.grams)),)


def _limit(case: Case, amount: Amount) -> _Limit | None:
    herb = amount.herb
    if herb.control == _POPPY or herb.external_only:
        return None
    dispensed = case.rules.table.herbs[herb.filled_as] if herb.filled_as and not amount.raw else herb
    most = herb.fresh_max if amount.fresh else dispensed.dose_max
    if most is None:
        return None
    if not dispensed.dose_is_binding:
        return _Limit(most, "dose_above_unverified", dispensed)
    powder = _powder_limit(case, amount)
    if powder is not None:
        return powder
    how = f"（按{dispensed.name}）" if dispensed is not herb else ""
    return _Limit(most, "dose_above", dispensed, how)


def _powder_limit(case: Case, amount: Amount) -> _Limit | None:
    """Where it is swallowed as powder and the book gives grams per time for that.

    Where grams per time cannot be brought into agreement with the range per day, the range counts.
    """
    herb = amount.herb
    as_powder = case.prescription.kind == Kind.POWDER or all(one.swallowed for one in amount.entries)
    if herb.powder_max is None or herb.dose_max is None or herb.dose_min is None or not as_powder:
        return None
    most = herb.powder_max * case.prescription.times
    if most < herb.dose_min or most >= herb.dose_max:
        return None
    how = f"（研末每次{plain(herb.powder_max)}克，每日{case.prescription.times}次）"
    return _Limit(most, "powder_above", herb, how)


def unknown(case: Case) -> Iterator[Finding]:
    """Herbs without an oral dose in the table, and batches whose days are not given."""
    if not case.oral:
        return
    if not case.days_known:
        yield case.finding("dose_unchecked", [], "未写服用天数，没有核对日用量", "请填服用天数")
    for amount in case.usable:
        herb = amount.herb
        silent = herb.never_oral or herb.filled_as or herb.category == _FOOD
        if herb.dose_max is None and not silent and herb.toxic:
            fix = "请由中药师审核，或换用有药典剂量的药"
            yield case.finding(
                "toxic_no_dose",
                amount.entries,
                f"{herb.name}{herb.toxicity.value}，没有可依据的内服剂量",
                fix,
                why=herb.note,
            )
        elif herb.dose_max is None and not silent:
            extra = f"；另载{herb.dose_extra}" if herb.dose_extra else ""
            yield case.finding(
                "dose_unknown",
                amount.entries,
                f"{herb.name}没有可核对的内服剂量{extra}",
                "请按所依据的用量核对",
            )


def raw_unspecified(case: Case) -> Iterator[Finding]:
    """川乌 and 草乌 without 生: dispensed processed, so better written so."""
    if not case.oral:
        return
    for amount in case.usable:
        filled = amount.herb.filled_as
        if filled and not amount.raw:
            yield case.finding(
                "raw_unspecified",
                amount.entries,
                f"{amount.herb.name}未写明生用，按{filled}调配",
                f"请改写为{filled}",
                offers=tuple(Offer(at, "herb", filled) for at in amount.at),
            )


def size(case: Case) -> Iterator[Finding]:
    """How many herbs, and how heavy a dose; no national figure exists."""
    count = len({entry.name for entry in case.entries})
    most = case.rules.number("herb_count")
    if count > most:
        yield case.finding("many_herbs", [], f"共{count}味，参考上限{plain(most)}味", "请看能否精简")
    grams = [
        one.line.grams for one in case.entries if one.line.grams is not None and one.line.grams.is_finite()
    ]
    total, heavy = sum(grams, Decimal(0)), case.rules.number("dose_total_grams")
    if case.decocted and total > heavy:
        yield case.finding(
            "heavy_dose", [], f"每剂共{plain(total)}克，参考上限{plain(heavy)}克", "请看能否减量"
        )
