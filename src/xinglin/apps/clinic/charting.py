"""From the form of a visit to a `Chart`: all mistakes at once, each with the name of its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from xinglin.apps.clinic import exam
from xinglin.apps.clinic.chart import (
    TEXTS,
    VITALS,
    Chart,
    Herb,
    Herbs,
    Pair,
    Patent,
    Technique,
    Term,
)
from xinglin.apps.clinic.typed import HERBS, MOST_DAYS, MOST_DOSES, PAIRS, PATENTS, TECHNIQUES, WESTERN
from xinglin.base.problems import Severity
from xinglin.facts import technique_rows
from xinglin.knowledge import diagnosis, diseases, syndromes
from xinglin.knowledge.nomenclature import CODE_1995, CODE_2021, Finding

HOUSE_NAME = "“{}”不是国标（GB/T 15657-2021）的名称：可以签名，上报前请从列表中选一个"
_FORMS = {"pieces", "granules", "powder", "pill", "paste"}
Raw = Mapping[str, Any]
Faults = dict[str, list[str]]


class Reading:
    """One form being read; what is wrong is gathered in ``faults``."""

    def __init__(self, raw: Raw) -> None:
        self.raw, self.faults = raw, Faults()

    def text(self, name: str) -> str:
        """What stands in a field."""
        value = self.raw.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def say(self, name: str, words: str) -> None:
        """Note a mistake."""
        self.faults.setdefault(name, []).append(words)

    def number(self, name: str, label: str, low: Decimal, high: Decimal) -> Decimal | None:
        """A number between two, None for nothing."""
        text = self.text(name)
        if not text:
            return None
        value = _decimal(text)
        if value is None:
            self.say(name, f"{label}“{text[:20]}”不是数：请填数字，如 9 或 1.5")
        elif not low <= value <= high:
            self.say(name, f"{label} {text[:20]} 不在 {low} 到 {high} 之间：请核对")
        else:
            return value
        return None

    def whole(self, name: str, label: str, high: int, default: int | None) -> int | None:
        """A whole number from 1, or what holds when nothing is written."""
        value = self.number(name, label, Decimal(1), Decimal(high))
        if value is None:
            return default
        if value != int(value):
            self.say(name, f"{label}要是整数")
        return int(value)

    def words(self, name: str, kind: str) -> tuple[str, ...]:
        """Ticked words; unknown ones are none of ours."""
        sent = self.raw.get(name, ())
        known = exam.lists()[kind].words
        return tuple(
            dict.fromkeys(one for one in (sent if isinstance(sent, list) else [sent]) if one in known)
        )

    def yes(self, name: str) -> bool | None:
        """Yes, no, or not asked."""
        return {"yes": True, "no": False}.get(self.text(name))


def parse(raw: Raw) -> Chart:
    """The chart that a form says. Raises ValidationError: every mistake, by field."""
    form = Reading(raw)
    texts = {name: text for name in TEXTS if (text := _within(form, name))}
    measured = {
        name: value
        for name, (label, _, low, high) in VITALS.items()
        if (value := form.number(name, label, low, high)) is not None
    }
    chart = Chart(
        texts=texts,
        vitals=measured,
        tongue=form.words("tongue", "tongue"),
        coating=form.words("coating", "coating"),
        left=form.words("left", "pulse"),
        right=form.words("right", "pulse"),
        pregnant=form.yes("pregnant"),
        lactating=form.yes("lactating"),
        pairs=tuple(_pairs(form)),
        western=tuple(_western(form)),
        herbs=_herbs(form),
        patents=tuple(_patents(form)),
        techniques=tuple(_techniques(form)),
        follow_days=form.whole("follow_days", "随访天数", 365, None),
    )
    if form.faults:
        raise ValidationError(form.faults)
    return chart


def _within(form: Reading, name: str) -> str:
    label, longest = TEXTS[name]
    text = form.text(name)
    if len(text) > longest:
        form.say(name, f"{label}最多 {longest} 字，现在有 {len(text)} 字：请精简")
    return text


def _pairs(form: Reading) -> Iterator[Pair]:
    for at in range(PAIRS):
        disease = _term(form, f"disease_{at}", diseases)
        patterns = [
            term for name in ("pattern", "second") if (term := _term(form, f"{name}_{at}", syndromes))
        ]
        if disease is not None:
            yield Pair(disease=disease, patterns=tuple(patterns))
        elif patterns:
            form.say(f"disease_{at}", "写了证候，没有病名：请填病名")


def _term(form: Reading, name: str, table: Any) -> Term | None:
    """A code, or a name as it is written; a name that means one term gets its code."""
    text = form.text(name)[:60]
    if not text:
        return None
    term = table.get(text) or table.find(text).term
    if term is None:
        other, kind = (syndromes, "证候") if table is diseases else (diseases, "病名")
        if other.get(text) or other.find(text).finding == Finding.NAME:
            form.say(name, f"“{text}”是{kind}：请填在{kind}一栏")
        elif CODE_2021.fullmatch(text) or CODE_1995.fullmatch(text):
            form.say(name, f"没有代码“{text}”：请从列表中选，或写名称")
        return Term(name=text)
    return Term(code=term.code, name=term.name, edition=term.edition)


def _western(form: Reading) -> Iterator[Term]:
    for at in range(WESTERN):
        name = form.text(f"western_{at}")[:80]
        if name:
            yield Term(code=form.text(f"western_code_{at}")[:20].upper(), name=name)


def _herbs(form: Reading) -> Herbs | None:
    lines = tuple(_herb_lines(form))
    if not lines:
        return None
    kind, route = form.text("form") or "pieces", form.text("route") or "oral"
    if kind not in _FORMS or route not in ("oral", "external"):
        form.say("form", "没有这种剂型或用法：请重新选择")
        return None
    return Herbs(
        form=kind,
        route=route,
        doses=form.whole("doses", "剂数", MOST_DOSES, 1) or 1,
        days=form.whole("days", "天数", MOST_DAYS, None),
        times=form.whole("times", "每日次数", 6, 2) or 2,
        usage=form.text("usage")[:120],
        formula=form.text("formula")[:40],
        lines=lines,
    )


def _herb_lines(form: Reading) -> Iterator[Herb]:
    seen: dict[str, int] = {}
    for at in range(HERBS):
        written, grams = form.text(f"herb_{at}"), f"grams_{at}"
        if not written:
            if form.text(grams):
                form.say(f"herb_{at}", f"第 {at + 1} 味有克数，没有药名")
            continue
        if written in seen:
            form.say(f"herb_{at}", f"“{written}”与第 {seen[written]} 味重复：请合并成一行")
            continue
        if len(written) > 60:
            form.say(f"herb_{at}", "药名太长")
            continue
        seen[written] = at + 1
        amount = form.number(grams, f"{written}的克数", Decimal("0.01"), Decimal(3000))
        if amount is not None and amount != round(amount, 2):
            form.say(grams, f"{written}的克数最多写两位小数")
        yield Herb(written=written, grams=amount, decoction=form.text(f"decoction_{at}")[:40])


def _patents(form: Reading) -> Iterator[Patent]:
    seen = set()
    for at in range(PATENTS):
        written = form.text(f"patent_{at}")[:60]
        if not written:
            continue
        if written in seen:
            form.say(f"patent_{at}", f"“{written}”写了两次：请合并成一行")
            continue
        seen.add(written)
        amount = form.number(f"quantity_{at}", f"{written}的数量", Decimal("0.01"), Decimal(1000))
        if amount is None and not form.text(f"quantity_{at}"):
            form.say(f"quantity_{at}", f"请填{written}的数量")
        if not form.text(f"patent_usage_{at}"):
            form.say(f"patent_usage_{at}", f"请填{written}的用法用量，如 一次 6 g，一日 3 次")
        unit = form.text(f"unit_{at}")[:10] or "盒"
        yield Patent(
            written=written,
            quantity=amount or Decimal(1),
            unit=unit,
            usage=form.text(f"patent_usage_{at}")[:120],
        )


def technique_names() -> dict[str, str]:
    """Code → name of every technique of the catalogue."""
    return {row["technique"]: row["name"] for row in technique_rows()}


def _techniques(form: Reading) -> Iterator[Technique]:
    names = technique_names()
    codes = {name: code for code, name in names.items()}
    seen = set()
    for at in range(TECHNIQUES):
        text = form.text(f"technique_{at}")
        if not text:
            continue
        code = text if text in names else codes.get(text, "")
        if not code:
            form.say(f"technique_{at}", f"技术目录里没有“{text[:40]}”：请从列表中选")
        elif code in seen:
            form.say(f"technique_{at}", f"“{names[code]}”写了两次：请合并")
        elif not form.text(f"site_{at}"):
            form.say(f"site_{at}", f"请填{names[code]}的穴位或部位")
        else:
            seen.add(code)
            yield Technique(
                technique=code,
                site=form.text(f"site_{at}")[:200],
                method=form.text(f"method_{at}")[:200],
                times=form.whole(f"sessions_{at}", "次数", 60, 1) or 1,
                now=form.text(f"now_{at}") != "no",
            )


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace("．", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**9 else None


def remarks(chart: Chart) -> list[tuple[str, bool]]:
    """What the diagnoses deserve: words, and whether they forbid to sign."""
    terms = [one for pair in chart.pairs for one in (pair.disease, *pair.patterns)]
    found = [(HOUSE_NAME.format(one.name), False) for one in terms if not one.code]
    pairs = tuple(
        diagnosis.Pair(_coded(pair.disease), tuple(_coded(one) for one in pair.patterns))
        for pair in chart.pairs
        if all(one.code for one in (pair.disease, *pair.patterns))
    )
    told = diagnosis.check(diagnosis.Diagnosis(pairs)) if pairs else ()
    return found + [(str(one), one.severity is Severity.ERROR) for one in told]


def _coded(term: Term) -> diagnosis.Coded:
    return diagnosis.Coded(term.code, term.name, term.edition)
