"""Dual diagnosis: a disease of Chinese medicine with its patterns, main and secondary, and western diagnoses beside it.

Codes keep their edition, for old systems still write those of 1995; nothing is translated silently.

Example:
    >>> cough = Pair(coded("A04.04.01"), (coded("B02.02.04.04.01"),))
    >>> [str(remark) for remark in check(Diagnosis((cough,)))]
    []
    >>> [(row.group, row.kind, row.level, row.name) for row in flat(Diagnosis((cough,)))]
    [(1, 'disease', 'main', '咳嗽病'), (1, 'pattern', 'main', '风寒袭肺证')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinglin.base.errors import XinglinError
from xinglin.knowledge import diseases, syndromes
from xinglin.knowledge.nomenclature import Doubt, Term, edition_of
from xinglin.knowledge.remark import Remark, fault, hint

EDITIONS = {"2021": "gbt15657_2021", "1995": "gbt15657_1995"}
SYSTEMS = {"gbt15657_2021": "GB/T 15657-2021", "gbt15657_1995": "GB/T 15657-1995"}
"""What is printed beside a code, by edition."""


class UnreadableCode(XinglinError):  # noqa: N818 - says what is the matter
    """A text that is a code of no known edition, nor a name of ours."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A name with its code and the edition of the code; the code is "" for a name used in the house only."""

    code: str
    name: str
    edition: str

    @property
    def system(self) -> str:
        """The standard as printed: GB/T 15657-2021."""
        return SYSTEMS[self.edition]


@dataclass(frozen=True, slots=True)
class Pair:
    """A disease with its patterns; the first pattern is the main one."""

    disease: Coded
    patterns: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor diagnosed.

    Attributes:
        pairs: the first is the main one. western: codes and names of the other classification, kept as given.
    """

    pairs: tuple[Pair, ...]
    western: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diagnosis as messages and prints want it.

    Attributes:
        group: number of the pair, from 1; 0 for western diagnoses. kind: disease, pattern or western.
        level: main or secondary.
    """

    group: int
    kind: str
    level: str
    code: str
    name: str
    system: str


def coded(key: str, name: str = "") -> Coded:
    """A term by its code, or a name used in the house only.

    Args:
        name: the name that came with the code; needed for a code of 1995, whose table we do not have.

    Raises:
        UnreadableCode: a code of no known edition, one of 2021 that does not exist, or one of 1995 without a name.
    """
    edition = edition_of(key)
    term = _term(key)
    if term is not None:
        return Coded(term.code, term.name, term.edition)
    if edition == "1995" and name:
        return Coded(key, name, EDITIONS[edition])
    if edition == "1995":
        raise UnreadableCode(f"“{key}”像是 1995 年版代码，本系统没有该版代码表，请同时给出名称。")
    raise UnreadableCode(f"没有代码“{key}”，请用 GB/T 15657-2021 的代码，如 A04.04.01、B02.02.04.04.01。")


def check(diagnosis: Diagnosis) -> tuple[Remark, ...]:
    """What forbids a diagnosis, and what deserves a second look before it is signed or reported."""
    return tuple(_remarks(diagnosis))


def flat(diagnosis: Diagnosis) -> tuple[Row, ...]:
    """The diagnosis line by line: each disease followed by its patterns, then the western diagnoses."""
    rows = []
    for group, pair in enumerate(diagnosis.pairs, start=1):
        rows.append(_row(group, "disease", group == 1, pair.disease))
        rows.extend(_row(group, "pattern", place == 0, one) for place, one in enumerate(pair.patterns))
    for place, (code, name) in enumerate(diagnosis.western):
        rows.append(Row(0, "western", _level(place == 0), code, name, "ICD-10"))
    return tuple(rows)


def _row(group: int, kind: str, main: bool, one: Coded) -> Row:
    return Row(group, kind, _level(main), one.code, one.name, one.system)


def _level(main: bool) -> str:
    return "main" if main else "secondary"


def _remarks(diagnosis: Diagnosis) -> Iterator[Remark]:
    if not diagnosis.pairs:
        yield fault("no_diagnosis", "", "", "没有中医诊断", "请填写中医病名和证候")
    for group, pair in enumerate(diagnosis.pairs, start=1):
        field, where = f"pairs.{group}", f"第 {group} 个中医诊断“{pair.disease.name}”"
        yield from _of_disease(pair.disease, field, where)
        if not pair.patterns:
            yield fault("no_pattern", field, where, "没有证候", "请为这个病名选证候，首位为主证")
        for pattern in pair.patterns:
            yield from _of_pattern(pattern, field, f"{where}的证候“{pattern.name}”")
        yield from _twice([one.name for one in pair.patterns], field, where, "证候")
    yield from _twice([pair.disease.name for pair in diagnosis.pairs], "pairs", "中医诊断", "病名")


def _of_disease(disease: Coded, field: str, where: str) -> Iterator[Remark]:
    term = _term(disease.code or disease.name)
    if _of_other_kind(disease, term, diseases.Disease, "A"):
        yield fault("not_disease", field, where, "不是病名", "请在病名一栏选疾病，证候填在证候一栏")
        return
    yield from _of_term(disease, term, field, where)
    if term is not None and term.provisional:
        formal = [one.name for code in term.preferred if (one := diseases.get(code))]
        such = f"，如{'、'.join(formal)}" if formal else ""
        yield hint("provisional", field, where, "是临时诊断用术语", f"明确诊断后请改为正式病名{such}")


def _of_pattern(pattern: Coded, field: str, where: str) -> Iterator[Remark]:
    term = _term(pattern.code or pattern.name)
    if _of_other_kind(pattern, term, syndromes.Pattern, "B"):
        yield fault("not_pattern", field, where, "不是证候", "请在证候一栏选证候，疾病填在病名一栏")
        return
    yield from _of_term(pattern, term, field, where)


def _of_other_kind(one: Coded, term: Term | None, kind: type[Term], letter: str) -> bool:
    """Codes of 1995 are told by their first letter (B diseases, Z patterns), others by the table they stand in."""
    if one.edition == EDITIONS["1995"]:
        return one.code[:1] != {"A": "B", "B": "Z"}[letter]
    return term is not None and not isinstance(term, kind)


def _of_term(one: Coded, term: Term | None, field: str, where: str) -> Iterator[Remark]:
    if one.edition == EDITIONS["1995"]:
        yield hint(
            "old_code", field, where, f"用的是 1995 年版代码 {one.code}", "上报前请改选 2021 年版的名称和代码"
        )
    elif term is None:
        yield fault("unknown", field, where, f"代码“{one.code or one.name}”不存在", "请重新选择")
    elif term.name != one.name:
        said = f"代码 {one.code} 的名称是“{term.name}”"
        yield fault("name_differs", field, where, said, "请核对代码和名称，选其中正确的一个")
    elif term.heading:
        yield fault("heading", field, where, "是分类标题，不能作诊断", "请选它下面的具体名称")
    elif term.doubt is Doubt.LOCAL:
        yield hint("local", field, where, "国标没有这个名称", "院内可用，上报前须改选国标名称")


def _twice(names: list[str], field: str, where: str, kind: str) -> Iterator[Remark]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield fault("twice", field, where, f"{kind}“{name}”写了两次", "请删去一个")


def _term(key: str) -> Term | None:
    return diseases.get(key) or syndromes.get(key)
