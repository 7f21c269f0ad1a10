"""Answers as they come in, brought to one grade per question; every fault and contradiction told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xinglin.knowledge.constitution.instrument import HIGHEST, LOWEST, Instrument
from xinglin.knowledge.constitution.remark import IncompleteAnswers, item_fault, item_hint
from xinglin.knowledge.constitution.types import Sex
from xinglin.knowledge.remark import Remark

OFTEN = 4
"""经常: from this grade two opposed items contradict each other (ours)."""


def in_order(instrument: Instrument, grades: Sequence[int]) -> dict[str, int]:
    """Answers given as a bare list in the order of the form."""
    if len(grades) != len(instrument.items):
        what = f"应有 {len(instrument.items)} 个答案，实有 {len(grades)} 个"
        raise IncompleteAnswers(instrument.name, (item_fault("wrong_length", "", what, "请按题号逐题填写"),))
    return {item.id: grade for item, grade in zip(instrument.items, grades, strict=True)}


def settle(instrument: Instrument, answers: Mapping[str, object], sex: Sex | None) -> dict[str, int]:
    """One grade per question of the form, in the form's order.

    Args:
        answers: by number of the question; a question shared by two scales may come under either number or both.
        sex: needed when the instrument asks items of one sex only.

    Raises:
        IncompleteAnswers: with every fault.
    """
    faults = tuple(find_faults(instrument, answers, sex))
    if faults:
        raise IncompleteAnswers(instrument.name, faults)
    given = {instrument.by_number[number].id: grade for number, grade in answers.items()}
    return {item.id: _grade(given[item.id]) for item in instrument.asked(sex)}


def find_faults(instrument: Instrument, answers: Mapping[str, object], sex: Sex | None) -> Iterator[Remark]:
    """Everything that forbids a score."""
    if instrument.asks_sex and sex is None:
        yield item_fault("no_sex", "", "没有性别，不知道该问哪一道分性别的题", "请先填写性别")
    seen: dict[str, tuple[str, object]] = {}
    for number, grade in answers.items():
        item = instrument.by_number.get(number)
        if item is None:
            yield item_fault("unknown_item", number, f"“{instrument.name}”没有这一题", "请检查题号或所用量表")
            continue
        if item.sex is not None and sex is not None and item.sex != sex:
            yield item_fault("other_sex", number, f"这一题只问{item.sex.label}", "请删去答案或核对性别")
        if not _is_grade(grade):
            yield item_fault("bad_grade", number, f"“{grade}”不是 1～5 的整数", "请在五级中选一级")
        before = seen.setdefault(item.id, (number, grade))
        if before[1] != grade:
            what = f"与第 {before[0]} 题是同一问题，答案却不同（{before[1]} 与 {grade}）"
            yield item_fault("contradictory_shared", number, what, "请核对后填同一答案")
    for item in instrument.asked(sex):
        if item.id not in seen:
            yield item_fault("missing", item.id, "没有回答", "请补答；全部答完才能计分")


def hints(instrument: Instrument, grades: Mapping[str, int]) -> Iterator[Remark]:
    """What is odd in settled answers and worth a second look; never a reason to refuse."""
    for positive, negative in instrument.opposed_items:
        pair = [instrument.by_number[number] for number in (positive, negative)]
        if all(grades[item.id] >= OFTEN for item in pair):
            words = "与".join(f"“{item.text}”（{grades[item.id]} 分）" for item in pair)
            yield item_hint("opposed", pair[1].id, f"{words}互相矛盾", "请再问一遍这两题")
    if len(set(grades.values())) == 1:
        what = f"全部题目都答 {next(iter(grades.values()))} 分"
        yield item_hint("uniform", "", what, "请确认是逐题询问的")


def _is_grade(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and LOWEST <= value <= HIGHEST


def _grade(value: object) -> int:
    assert isinstance(value, int)
    return value
