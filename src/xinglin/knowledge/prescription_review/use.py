"""Items about the use of drugs (U, X): findings of the safety check by item, and what is only suggested."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xinglin.knowledge import formulas, herbs
from xinglin.knowledge.prescription_review.model import By, Hit, Item, Reviewed
from xinglin.knowledge.prescription_review.parameters import number
from xinglin.knowledge.safety import Finding, Level

_COLD, _WARM = ("寒",), ("热", "火")
_CLEARING, _WARMING = "清热剂", "温里剂"
_TONIC = "补虚药"
_REASON_IS_ENOUGH = "X03"  # over the range is extraordinary only without a reason


def hits(record: Reviewed, items: dict[str, Item]) -> Iterator[Hit]:
    """Every item of use that is hit or suggested."""
    for name, item in items.items():
        for finding in record.findings:
            if finding.rule in item.rules:
                yield from _hit(record, name, item, finding)
    for name, look in _LOOKS.items():
        yield from (Hit(name, what, suggested=True) for what in look(record))


def _hit(record: Reviewed, name: str, item: Item, finding: Finding) -> Iterator[Hit]:
    """A finding as a hit; one that was answered with reason and signature is left to the pharmacist."""
    answered = finding.level is Level.SIGN and finding.key in {
        one.key for one in record.answered if one.reason.strip() and one.signed is not None
    }
    if answered and name == _REASON_IS_ENOUGH:
        return
    suggested = answered or item.by is By.SUGGEST or _possible(finding)
    reason = "（已注明理由并双签）" if answered else ""
    yield Hit(name, f"{finding.what}{reason}", suggested=suggested)


def _possible(finding: Finding) -> bool:
    """What rests on a name or a record that is not settled is for a person to decide."""
    return finding.rule in {"opposed_possible", "allergy_possible", "pregnancy_caution", "name_unknown"}


def _against_syndrome(record: Reviewed) -> Iterator[str]:
    names = "、".join(record.syndrome_names)
    cold = any(word in name for word in _COLD for name in record.syndrome_names)
    hot = any(word in name for word in _WARM for name in record.syndrome_names)
    for key in record.formula_ids:
        formula = formulas.get(key)
        if formula and formula.category == _CLEARING and cold and not hot:
            yield f"{names}用清热剂{formula.name}"
        if formula and formula.category == _WARMING and hot and not cold:
            yield f"{names}用温里剂{formula.name}"


def _size(record: Reviewed) -> Iterator[str]:
    count = len(record.prescription.lines)
    if count > number("review_herb_count"):
        yield f"共{count}味"


def _tonic_alone(record: Reviewed) -> Iterator[str]:
    if len(record.prescription.lines) != 1 or any("虚" in name for name in record.syndrome_names):
        return
    answer = herbs.find(record.prescription.lines[0].herb)
    if isinstance(answer, herbs.Found) and answer.herb.category == _TONIC:
        yield f"只有{answer.herb.name}一味，诊断中没有虚证"


def _price(record: Reviewed) -> Iterator[str]:
    if (
        record.dose_price is not None
        and record.usual_high is not None
        and record.dose_price > record.usual_high
    ):
        yield f"每剂{record.dose_price}元，高于本机构的高位{record.usual_high}元"
    total = sum(record.line_prices, Decimal(0))
    if total and max(record.line_prices) > number("price_share") * total and len(record.line_prices) > 1:
        dearest = record.line_prices.index(max(record.line_prices))
        yield f"{record.prescription.lines[dearest].herb}占每剂金额一半以上"


def _same_class(record: Reviewed) -> Iterator[str]:
    here = {one.subcategory for key in record.formula_ids if (one := formulas.get(key)) and one.subcategory}
    for key in record.same_day:
        other = formulas.get(key)
        if other and other.subcategory in here:
            yield f"同日另有同类方{other.name}（{other.subcategory}）"


_LOOKS = {"U01": _against_syndrome, "U09": _size, "X01": _tonic_alone, "X02": _price, "X04": _same_class}
