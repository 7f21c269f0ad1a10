"""What the page shows, prepared from a standing: numbered results by document, tallies, opened numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinglin.base.states import ValueState, Verdict
from xinglin.report.words import SYMBOLS, due_words
from xinglin.standing.model import Explanation, Result, Standing, UnitExplained

WANTED = "wanted"
"""Key of the tally of targets whose indicator has no definition."""


@dataclass(frozen=True, slots=True)
class Row:
    """A result with its running number in the report and its opened number.

    ``explanation`` is given once, at the first result that rests on it; ``opened_at`` is the number of that
    result for the others.
    """

    number: int
    result: Result
    explanation: Explanation | None = None
    opened_at: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """The results of one document."""

    title: str
    short: str
    own: bool
    rows: tuple[Row, ...]

    @property
    def numbered(self) -> list[tuple[int, Result]]:
        """Number and result, as charts take them."""
        return [(row.number, row.result) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Tally:
    """One figure of the summary."""

    key: str
    symbol: str
    label: str
    count: int
    note: str = ""


def rows_of(standing: Standing) -> tuple[Row, ...]:
    """Results that have a definition, numbered from 1 in their order."""
    book = _Opened(standing)
    return tuple(book.row(number, result) for number, result in enumerate(_defined(standing), 1))


def documents_of(rows: Sequence[Row]) -> tuple[DocumentRows, ...]:
    """The rows grouped by document, documents in the order of their first row."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.result.document, []).append(row)
    return tuple(_document(group) for group in grouped.values())


def wanted_of(standing: Standing) -> tuple[Result, ...]:
    """Targets whose indicator has no definition yet."""
    return tuple(result for result in standing.results if result.wanted)


def tallies_of(standing: Standing) -> tuple[Tally, ...]:
    """The figures of the summary; together they make up all targets."""
    results = list(_defined(standing))
    figures = [_tally(verdict, results) for verdict in Verdict]
    return (*figures, Tally(WANTED, "？", "暂无定义", len(wanted_of(standing))))


def due_words_of(standing: Standing) -> tuple[tuple[str, int], ...]:
    """How many results carry each verdict with its due word (“文件发布前：已达标”), most first."""
    return tuple(Counter(map(due_words, _defined(standing))).most_common())


def missed_of(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that fail, then those that miss a target that is no must."""
    missed = [row for row in rows if row.result.verdict in (Verdict.NOT_MET, Verdict.WARN)]
    return tuple(sorted(missed, key=lambda row: (row.result.verdict is Verdict.WARN, row.number)))


def groups_of(units: Iterable[UnitExplained]) -> tuple[tuple[str, tuple[UnitExplained, ...]], ...]:
    """Units by the word that says whether they are counted in, in the order the words first appear."""
    grouped: dict[str, list[UnitExplained]] = {}
    for unit in units:
        grouped.setdefault(unit.included, []).append(unit)
    return tuple((word, tuple(members)) for word, members in grouped.items())


def _tally(verdict: Verdict, results: Sequence[Result]) -> Tally:
    mine = [result for result in results if result.verdict is verdict]
    return Tally(verdict.value, SYMBOLS[verdict], verdict.label, len(mine), _states(mine))


def _states(results: Sequence[Result]) -> str:
    """Of those not judged, how many are so for want of a number: 其中未报 3、不适用 2."""
    counts = [(state.label, sum(r.state is state for r in results)) for state in ValueState]
    said = [f"{label} {count}" for label, count in counts[1:] if count]
    return f"其中{'、'.join(said)}" if said else ""


def _document(rows: Sequence[Row]) -> DocumentRows:
    first = rows[0].result
    return DocumentRows(first.document_title, first.document_short, first.own, tuple(rows))


def _defined(standing: Standing) -> Iterable[Result]:
    return (result for result in standing.results if not result.wanted)


class _Opened:
    """Hands each explanation to the first result it explains, and that result's number to the others.

    An explanation belongs to a result of the same measure and parameters; where the numbers differ all the same
    it explains something else, and is left out.
    """

    def __init__(self, standing: Standing) -> None:
        self._found = {_asked(e): e for e in standing.explanations if e.place == standing.place}
        self._first: dict[str, int] = {}

    def row(self, number: int, result: Result) -> Row:
        asked = _asked(result)
        explanation = self._found.get(asked)
        if explanation is None or _number(explanation) != _number(result):
            return Row(number, result)
        if asked in self._first:
            return Row(number, result, opened_at=self._first[asked])
        self._first[asked] = number
        return Row(number, result, explanation)


def _asked(item: Result | Explanation) -> str:
    return repr((item.measure, sorted(item.parameters.items())))


def _number(item: Result | Explanation) -> tuple[ValueState, str | None, str | None]:
    known = item.state is ValueState.NUMBER
    return item.state, item.numerator if known else None, item.denominator if known else None
