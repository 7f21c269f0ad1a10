"""Chinese words for the parts of a standing; shared by page, workbook and terminal."""

from __future__ import annotations

from datetime import date

from xinglin.base.states import Comparator, Scope, Strength, ValueState, Verdict
from xinglin.standing.model import Explanation, Gap, Part, Result, UnitExplained

NOTHING = "—"
NOBODY = "文件未指明责任单位"
SYMBOLS = {Verdict.MET: "✔", Verdict.NOT_MET: "✘", Verdict.WARN: "！", Verdict.NOT_JUDGED: NOTHING}
PLAIN_SYMBOLS = {Verdict.MET: "●", Verdict.NOT_MET: "×", Verdict.WARN: "▲", Verdict.NOT_JUDGED: NOTHING}
"""For paper: signs that every Chinese font has (ticks are in few)."""


def date_words(day: date) -> str:
    """2020年12月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def value_words(item: Result | Part, result: Result) -> str:
    """The value of a result, or of a part of it, as people read it.

    The number with its unit; 有 or 无 where only existence is asked; the word for the state where there is no
    number, never 0 instead.
    """
    if item.state is not ValueState.NUMBER:
        return item.state.label
    if result.comparator is Comparator.EXISTS and result.unit is None and item.value is not None:
        return "有" if item.value > 0 else "无"
    if not result.unit or not _numeric(item.display):
        return item.display
    return f"{item.display}%" if result.unit == "%" else f"{item.display} {result.unit}"


def exact_words(item: Result | Part) -> str:
    """148 ÷ 177, or the count alone; a dash where the state is no number (what is suppressed stays so)."""
    if item.state is not ValueState.NUMBER or item.numerator is None:
        return NOTHING
    return item.numerator if item.denominator is None else f"{item.numerator} ÷ {item.denominator}"


def basis_words(reported: int, units: int, word: str) -> str:
    """On how many units a number rests: 170／177 家."""
    return f"{reported}／{units} {word}".rstrip() if units else NOTHING


def gap_words(gap: Gap | None) -> str:
    """The gap in a sentence."""
    return gap.words if gap else NOTHING


def verdict_words(verdict: Verdict | None) -> str:
    """✔ 达标; empty where no verdict is given."""
    return f"{SYMBOLS[verdict]} {verdict.label}" if verdict else ""


def judged_words(result: Result) -> str:
    """A result's verdict with what its date adds: ✔ 文件发布前已达标."""
    return f"{SYMBOLS[result.verdict]} {result.verdict_words or result.verdict.label}"


def due_words(result: Result) -> str:
    """Verdict and due date in one phrase: 文件发布前：已达标."""
    said = result.verdict_words or result.verdict.label
    return said if result.due.label in said else f"{result.due.label}：{said}"


def unit_numbers(unit: UnitExplained, explanation: Explanation) -> tuple[str, str]:
    """What a unit adds to numerator and denominator; a dash, never 0, where it is not counted."""
    if unit.included.startswith("未"):
        return NOTHING, NOTHING
    return unit.numerator or NOTHING, (explanation.denominator and unit.denominator) or NOTHING


def clause_words(result: Result) -> str:
    """The clauses of a target in one line."""
    return "；".join(result.clauses) or NOTHING


def responsible_words(result: Result) -> str:
    """The responsible units, those that lead marked, or that the document names none."""
    marked = (f"{unit}（牵头）" if unit in result.lead else unit for unit in result.responsible)
    return "、".join(marked) or NOBODY


def task_words(result: Result) -> str:
    """From which tasks the responsible units are taken: 据任务 三(一)4; empty where the target names them."""
    clauses = "、".join(dict.fromkeys(clause for _, clause in result.responsible_tasks))
    return f"据任务 {clauses}" if clauses else ""


def marks(result: Result) -> tuple[str, ...]:
    """Short marks beside a target: 较严, the strength unless 必须, the scope unless the place as a whole."""
    found = ["较严"] if result.stricter else []
    if result.strength is not Strength.MUST:
        found.append(result.strength.label)
    if result.scope is not Scope.PLACE:
        found.append(result.scope.label)
    return tuple(found)


def parameter_words(item: Result | Explanation) -> str:
    """Parameters in one line: 机构类别：村卫生室；要求熟练：是."""
    return "；".join(f"{label}：{value}" for label, value in item.parameter_words)


def printable(text: str) -> str:
    """Text without control characters, which registers hold by accident and no file format takes."""
    return "".join(
        sign for sign in text if sign >= " " and not "\x7f" <= sign <= "\x9f" and sign not in "\ufffe\uffff"
    )


def shortened(text: str, limit: int) -> str:
    """Text cut to the width of so many Chinese characters, with an ellipsis where it was cut; digits are half."""
    text, room = printable(text), limit * 2
    if _width(text) <= room:
        return text
    while _width(text) > room - 2:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _numeric(text: str) -> bool:
    return text[-1:].isdigit()
