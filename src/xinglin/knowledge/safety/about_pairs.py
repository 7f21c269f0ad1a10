"""Rules about herbs beside one another: opposed pairs and the same herb twice, on this and on running prescriptions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from xinglin.knowledge.herbs import Ambiguous, Found, Herb
from xinglin.knowledge.incompatibility import Pair, Strength
from xinglin.knowledge.safety.case import Amount, Case, Entry, meaning
from xinglin.knowledge.safety.model import Finding

_RULE = {
    Strength.OPPOSED: "opposed_pair",
    Strength.ONE_SOURCE: "pair_one_source",
    Strength.CUSTOMARY: "pair_customary",
}
_FIX = {
    "opposed_pair": "去掉其中一味；确需同用，写明理由并再次签名",
    "pair_one_source": "请酌情考虑",
    "pair_customary": "请酌情考虑",
}


def opposed(case: Case) -> Iterator[Finding]:
    """Pairs of known herbs on this prescription."""
    for first, second in combinations(case.amounts, 2):
        pair = case.rules.pairs.between(first.herb, second.herb)
        if pair is not None:
            rule = _RULE[pair.strength]
            yield _pair(case, rule, pair, (*first.entries, *second.entries), _FIX[rule])


def possible(case: Case) -> Iterator[Finding]:
    """Pairs with a name that is not settled; certain where every meaning of an ambiguous name is opposed."""
    for first, second in combinations(_once(case.entries), 2):
        if first.herb is not None and second.herb is not None:
            continue
        left, right = _meanings(first), _meanings(second)
        hits = [pair for pair in (_opposed(case, *both) for both in product(left, right)) if pair]
        if not hits:
            continue
        certain = len(hits) == len(left) * len(right) and _settled(first) and _settled(second)
        rule = "opposed_pair" if certain else "opposed_possible"
        fix = _FIX["opposed_pair"] if certain else "请先定下药名，再看是否同用"
        yield _pair(case, rule, hits[0], _lines_of(case, first, second), fix)


def _pair(case: Case, rule: str, pair: Pair, entries: tuple[Entry, ...], fix: str) -> Finding:
    names = sorted({entry.name for entry in entries})
    may = "可能" if rule == "opposed_possible" else ""
    why = "；".join(part for part in (f"{pair.family}：{pair.rule}", pair.note) if part)
    source = case.rules.pairs.source(pair)
    return case.finding(rule, entries, f"{' 与 '.join(names)}{may}不宜同用", fix, why=why, source=source)


def running(case: Case) -> Iterator[Finding]:
    """Herbs of other prescriptions that are still being taken."""
    others: dict[str, Herb] = {}
    for text in case.context.running:
        answer, _ = meaning(case.rules, text)
        if isinstance(answer, Found):
            others[answer.herb.name] = answer.herb
    same = [one for one in case.amounts if one.herb.name in others]
    if same:
        names = "、".join(sorted(one.herb.name for one in same))
        entries = [entry for one in same for entry in one.entries]
        yield case.finding("running_same", entries, f"未服完的处方中也有{names}", "请确认两方不同时服用")
    for amount, name in product(case.amounts, sorted(others)):
        pair = _opposed(case, amount.herb, others[name])
        if pair is not None and name not in {one.herb.name for one in case.amounts}:
            yield case.finding(
                "opposed_running",
                amount.entries,
                f"{amount.herb.name} 与未服完处方中的 {name} 不宜同用",
                "嘱病人停服前方，或去掉这味药；确需同用，写明理由并再次签名",
                why=f"{pair.family}：{pair.rule}",
                source=case.rules.pairs.source(pair),
                beside=(name,),
            )


def twice(case: Case) -> Iterator[Finding]:
    """The same herb on two lines, under whatever names, and two forms of one herb."""
    for amount in case.amounts:
        if len(amount.entries) > 1:
            written = "、".join(sorted({one.line.herb for one in amount.entries}))
            under = "" if written == amount.herb.name else f"（写作{written}）"
            yield case.finding(
                "same_herb_twice",
                amount.entries,
                f"{amount.herb.name}写了{len(amount.entries)}次{under}",
                "请合并为一行，写总克数",
            )
    for first, second in combinations(case.amounts, 2):
        if first.herb.family & second.herb.family:
            yield _same_base(case, first, second)


def _same_base(case: Case, first: Amount, second: Amount) -> Finding:
    toxic = first.herb.toxic and second.herb.toxic
    names = " 与 ".join(sorted((first.herb.name, second.herb.name)))
    fix = "请只留一种，或确认总量不超过范围" if toxic else "不是重复即可"
    rule = "same_toxic_base" if toxic else "same_base"
    return case.finding(rule, (*first.entries, *second.entries), f"{names}出自同一种药", fix)


def _opposed(case: Case, first: Herb, second: Herb) -> Pair | None:
    pair = case.rules.pairs.between(first, second)
    return pair if pair is not None and pair.strength is Strength.OPPOSED else None


def _meanings(entry: Entry) -> tuple[Herb, ...]:
    return (entry.herb,) if entry.herb is not None else entry.possible


def _settled(entry: Entry) -> bool:
    return isinstance(entry.answer, Found | Ambiguous)


def _once(entries: tuple[Entry, ...]) -> list[Entry]:
    return list({entry.name: entry for entry in entries}.values())


def _lines_of(case: Case, first: Entry, second: Entry) -> tuple[Entry, ...]:
    return tuple(one for one in case.entries if one.name in {first.name, second.name})
