"""Rules about the person: pregnancy, nursing, allergy, age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from xinglin.knowledge.herbs import Found, Herb
from xinglin.knowledge.safety.case import Amount, Case, meaning, plain
from xinglin.knowledge.safety.model import Finding

_MALT = "麦芽"
_EVERYDAY = frozenset({"花粉"})  # pollen to everybody, 天花粉 to a pharmacist
_AROUND = re.compile(r"^对|过敏$|过敏史$|药物$|[（(].*?[）)]")
_APART = re.compile(r"[、，,;；/\s]+")
_TEXTBOOK = {"忌用": "教材：孕妇忌用", "慎用": "教材：孕妇慎用"}


def pregnancy(case: Case) -> Iterator[Finding]:
    """What the pharmacopoeia forbids or cautions against in pregnancy; the textbook's word is only information."""
    if not case.patient.pregnant:
        return
    for amount in case.usable:
        herb = amount.herb
        settled = herb.pregnancy if "pregnancy" not in herb.doubt else ""
        if settled == "禁用":
            yield case.finding(
                "pregnancy_forbidden",
                amount.entries,
                f"{herb.name}孕妇禁用",
                "请去掉或换药；确需使用，写明理由并再次签名",
            )
        elif settled == "慎用":
            yield case.finding("pregnancy_caution", amount.entries, f"{herb.name}孕妇慎用", "权衡利弊后确认")
        elif herb.pregnancy or herb.pregnancy_textbook:
            said = _TEXTBOOK.get(herb.pregnancy_textbook, f"孕妇{herb.pregnancy}（待核对）")
            yield case.finding("pregnancy_textbook", amount.entries, f"{herb.name}：{said}", "请酌情考虑")


def nursing(case: Case) -> Iterator[Finding]:
    """Malt in an amount that ends milk, for a nursing mother."""
    if not case.patient.lactating or not case.oral:
        return
    for amount in case.usable:
        most = amount.herb.dose_max
        if _MALT in amount.herb.family and most is not None and case.exceeds(amount, most):
            yield case.finding(
                "lactation_malt",
                amount.entries,
                f"哺乳期用{amount.herb.name}每日{case.daily(amount)}克",
                "不欲回乳者请减量",
            )


def allergy(case: Case) -> Iterator[Finding]:
    """Herbs the person is recorded to be allergic to, by whatever name and in whatever form."""
    seen: set[tuple[str, str]] = set()
    for record in case.patient.allergies:
        for text in substances(record):
            for rule, amount in _touched(case, text):
                if (rule, amount.herb.name) not in seen:
                    seen.add((rule, amount.herb.name))
                    yield _allergy(case, rule, amount, text)


def substances(record: str) -> Iterator[str]:
    """The substances that an entry of the record names: 对青霉素、磺胺过敏 gives 青霉素 and 磺胺."""
    return filter(None, (_plain(part) for part in _APART.split(record)))


def _allergy(case: Case, rule: str, amount: Amount, text: str) -> Finding:
    name = amount.herb.name
    if rule == "allergy":
        return case.finding(
            rule, amount.entries, f"病人对“{text}”过敏，处方有{name}", "请去掉这味药；记录有误请先更正过敏史"
        )
    return case.finding(rule, amount.entries, f"过敏史写“{text}”，处方有{name}", "请问清病人是否对这味药过敏")


def _touched(case: Case, text: str) -> Iterator[tuple[str, Amount]]:
    """Herbs of the prescription that an entry of the record names, surely or possibly."""
    rule, families = _named(case, text)
    for amount in case.amounts:
        if amount.herb.family & families:
            yield rule, amount


def _plain(text: str) -> str:
    """The substance without the words around it: 对半夏过敏, 半夏（皮疹）."""
    return _AROUND.sub("", _AROUND.sub("", text))


def _named(case: Case, named: str) -> tuple[str, frozenset[str]]:
    answer, possible = meaning(case.rules, named)
    found: tuple[Herb, ...] = (answer.herb,) if isinstance(answer, Found) else possible
    if found:
        rule = "allergy_possible" if named in _EVERYDAY else "allergy"
        return rule, frozenset().union(*(herb.family for herb in found))
    inside = [
        one.herb for one in case.amounts if any(name in named for name in (one.herb.name, *one.herb.aliases))
    ]
    return "allergy_possible", frozenset().union(*(herb.family for herb in inside))


def child(case: Case) -> Iterator[Finding]:
    """Adult amounts for a child: advice, in one line for the whole prescription."""
    age = case.patient.age
    if age is None or not case.oral:
        return
    share = next((one.share for one in case.rules.children if age < one.below), None)
    if share is None:
        return
    over = [one for one in case.usable if _more_than_share(case, one, share)]
    if over:
        names = "、".join(sorted(one.herb.name for one in over))
        yield case.finding(
            "child_dose",
            [entry for one in over for entry in one.entries],
            f"{plain(Decimal(age))}岁，{names}高于成人上限的{share}",
            "请按年龄、体重确认用量",
        )


def _more_than_share(case: Case, amount: Amount, share: Fraction) -> bool:
    most = amount.herb.dose_max
    if most is None or not amount.herb.dose_is_binding:
        return False
    return case.exceeds(amount, most * share.numerator / share.denominator)


def elderly(case: Case) -> Iterator[Finding]:
    """Toxic herbs at a great age: one line for the whole prescription."""
    age = case.patient.age
    if age is None or age < case.rules.number("elderly_age") or not case.oral:
        return
    toxic = [one for one in case.usable if one.herb.toxic]
    if toxic:
        names = "、".join(sorted(one.herb.name for one in toxic))
        entries = [entry for one in toxic for entry in one.entries]
        yield case.finding(
            "elderly_toxic", entries, f"{plain(Decimal(age))}岁，处方有{names}", "请从小量起用并随访"
        )
