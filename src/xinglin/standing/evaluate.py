"""A place at a date: every target that binds it, held against the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from xinglin.base.places import Place
from xinglin.base.states import Due, ValueState, Verdict
from xinglin.measures import Book, Bound, Kind
from xinglin.measures.results import Counted, Reading, read
from xinglin.policy import Bound as Binding
from xinglin.policy import Document, Target, due, load_rows, responsibility, stricter
from xinglin.standing.areas import areas_judged, areas_words, gap_of_areas, worst
from xinglin.standing.events import EventsAlike
from xinglin.standing.gap import gap_of
from xinglin.standing.inputs import Common, Inputs
from xinglin.standing.model import Part, Result, Standing
from xinglin.standing.nothing import why_nothing
from xinglin.standing.numbers import Numbers
from xinglin.standing.units import unit_word
from xinglin.standing.verdict import threshold_words, verdict_of, verdict_words
from xinglin.standing.words import exact_text, parameter_words, shown


def evaluate(inputs: Inputs, *, binding_only: bool = False) -> Standing:
    """Hold every target that binds the place against the facts at the date.

    Args:
        inputs: see `inputs.open_inputs`.
        binding_only: only documents in force at the date; otherwise all whose period ends after it.
    """
    return Evaluation(inputs, [inputs.place.code], binding_only=binding_only).standing(inputs.place.code)


class Evaluation:
    """Several places of the inputs, everything that binds them counted together.

    Args:
        inputs: see `inputs.open_inputs`; the places lie in its place. places: codes.
        binding_only: as of `evaluate`. more: further areas to count every measure for.
        together: whether events are taken together once for all places; then the oracle of a place looks at nothing
            but the measures that bind one of them.
    """

    def __init__(
        self,
        inputs: Inputs,
        places: Sequence[str],
        *,
        binding_only: bool = False,
        more: Sequence[str] = (),
        together: bool = False,
    ) -> None:
        self.inputs = inputs
        is_total = _total_of(inputs.book)
        self.bindings = {
            code: inputs.library.binding(code, inputs.on, binding_only=binding_only, is_total=is_total)
            for code in places
        }
        targets = {code: [one.target for one in bindings] for code, bindings in self.bindings.items()}
        self.numbers = Numbers(inputs, targets, more)
        self._latest = inputs
        self._common: Common | None = None
        if together:
            bounds = self.numbers.by_bound
            alike = EventsAlike(inputs.book.contract, inputs.dataset, bounds, inputs.on)
            self._common = replace(inputs.common, alike=alike)
            self._latest = self._as_of(inputs.place)

    def at(self, place: str) -> Inputs:
        """The inputs as of a place inside; those of one place are kept, with the rows read for it, until the next."""
        if place == self.inputs.place.code and self._common is None:
            return self.inputs
        if place != self._latest.place.code:
            self._latest = self._as_of(self.inputs.divisions.get(place))
        return self._latest

    def _as_of(self, place: Place) -> Inputs:
        inputs = replace(self.inputs, place=place)
        # Read once for all places.
        vars(inputs)["common"] = self.inputs.common if self._common is None else self._common
        vars(inputs)["definitions_hash"] = self.inputs.definitions_hash
        return inputs

    def standing(self, place: str) -> Standing:
        """What is held against one of the places."""
        inputs, bindings, strict = self.at(place), self.bindings[place], stricter(self.bindings[place])
        results = tuple(
            _result(inputs, self.numbers, binding, binding.target.id in strict) for binding in bindings
        )
        divisions = inputs.divisions
        return Standing(
            place=place,
            place_name=inputs.place.name,
            place_full_name=divisions.full_name(place),
            on=inputs.on,
            demonstration=inputs.dataset.info.demonstration,
            data_title=inputs.dataset.info.title,
            divisions_edition=divisions.edition,
            facts_manifest=inputs.dataset.manifest_hash,
            definitions_hash=inputs.definitions_hash,
            engine=inputs.engine.name,
            results=results,
            empty_because="" if results else why_nothing(inputs.library, inputs.place, inputs.on),
            children=tuple((child.code, child.name) for child in divisions.children(place)),
        )


def _total_of(book: Book) -> Any:
    def is_total(target: Target) -> bool:
        return not target.is_wanted and book.definition(target.measure).kind is Kind.COUNT

    return is_total


def _result(inputs: Inputs, numbers: Numbers, binding: Binding, strict: bool) -> Result:
    target, document = binding.target, binding.document
    if target.is_wanted:
        return _wanted(inputs, document, target, binding.own)
    bound = numbers.bounds[target.id]
    counted = numbers.counted(target.id, inputs.place.code)
    reading = read(bound, counted, inputs.on)
    areas = areas_judged(inputs, numbers, target, bound)
    verdict = verdict_of(target, bound, reading.value, reading.state)
    if areas and reading.state is ValueState.NUMBER:
        verdict = worst(areas, verdict)
    label = inputs.book.label(target.measure)
    definition = inputs.book.definition(target.measure)
    word = unit_word(bound, inputs.book.contract)
    if areas:
        gap = gap_of_areas(inputs, target, bound, definition, areas) if reading.value is not None else None
    else:
        gap = gap_of(inputs, target, bound, counted, reading, definition, verdict)
    state_due = due(target, document, inputs.on)
    return Result(
        **_about(document, target, binding.own, state_due),
        measure=definition.id,
        measure_label=label,
        parameters=dict(bound.parameters),
        parameter_words=parameter_words(bound, definition, inputs.book.contract),
        state=reading.state,
        numerator=exact_text(counted.numerator) if reading.state is not ValueState.NOT_REPORTED else None,
        denominator=None if counted.denominator is None else exact_text(counted.denominator),
        exact=reading.value,
        value=None if reading.value is None else float(reading.value),
        display=shown(reading, bound),
        verdict=verdict,
        verdict_words=verdict_words(verdict, state_due, reading.state),
        gap=gap,
        n_reported=counted.n_reported,
        n_units=counted.n_units,
        units_word=word,
        stricter=strict,
        wanted=False,
        meaning=definition.meaning.strip(),
        sources=tuple(_source(source) for source in definition.sources),
        reason="；".join(filter(None, (_reason(counted, reading, word), areas_words(target, areas)))),
        by_code=_by_code(inputs, numbers, target, bound),
        below=_below(inputs, numbers, target, bound),
    )


def _about(document: Document, target: Target, own: bool, state_due: Due) -> dict[str, Any]:
    threshold, answering = target.threshold, responsibility(document, target)
    return {
        "document": document.id,
        "document_title": document.title,
        "document_short": document.short,
        "clauses": tuple(target.clauses),
        "target": target.id,
        "summary": target.summary,
        "comparator": target.comparator,
        "threshold": None if threshold is None else float(threshold),
        "upper": None if target.upper is None else float(target.upper),
        "threshold_words": threshold_words(target),
        "judged_note": target.judged.note if target.judged else "",
        "unit": target.unit,
        "due": state_due,
        "level": str(document.level),
        "scope": target.scope,
        "strength": target.strength,
        "deadline": target.deadline,
        "responsible": answering.units,
        "lead": answering.lead,
        "responsible_tasks": tuple((task.id, task.clause) for task in answering.tasks),
        "own": own,
        "baseline": None if target.baseline is None else float(target.baseline.value),
    }


def _wanted(inputs: Inputs, document: Document, target: Target, own: bool) -> Result:
    return Result(
        **_about(document, target, own, due(target, document, inputs.on)),
        measure="wanted",
        measure_label=load_rows()[target.wants].name if target.wants else "",
        parameters={},
        parameter_words=(),
        state=ValueState.NOT_REPORTED,
        numerator=None,
        denominator=None,
        exact=None,
        value=None,
        display="暂无定义",
        verdict=Verdict.NOT_JUDGED,
        verdict_words="暂无定义",
        gap=None,
        n_reported=0,
        n_units=0,
        units_word="",
        stricter=False,
        wanted=True,
        meaning="",
        sources=(),
        reason="这项目标还没有计算定义，已列入待定义清单",
    )


def _source(source: Any) -> str:
    clause = f" {source.clause}" if source.clause else ""
    return f"{source.document}{clause}：{source.says}"


def _reason(counted: Counted, reading: Reading, word: str) -> str:
    if reading.state is ValueState.NOT_REPORTED and counted.denominator is None and counted.n_reported:
        return "缺少常住人口数"
    if reading.state is ValueState.NOT_REPORTED:
        return "没有一个单位报齐所需的表"
    if reading.state is ValueState.NOT_APPLICABLE:
        return "本地没有这类单位"
    if reading.state is ValueState.NOT_CLOSED:
        return "统计期还没有结束"
    if reading.state is ValueState.SUPPRESSED:
        return "样本过少"
    missing = counted.n_units - counted.n_reported
    return f"另有 {missing} {word}未报，未计入分子分母" if missing else ""


def _part(
    inputs: Inputs, bound: Bound, counted: Counted, code: str, label: str, target: Target | None
) -> Part:
    reading = read(bound, counted, inputs.on)
    verdict = None if target is None else verdict_of(target, bound, reading.value, reading.state)
    return Part(
        code=code,
        label=label,
        state=reading.state,
        numerator=exact_text(counted.numerator) if reading.state is not ValueState.NOT_REPORTED else None,
        denominator=None if counted.denominator is None else exact_text(counted.denominator),
        value=None if reading.value is None else float(reading.value),
        display=shown(reading, bound),
        n_reported=counted.n_reported,
        n_units=counted.n_units,
        verdict=verdict,
    )


def _by_code(
    inputs: Inputs, numbers: Numbers, target: Target, bound: Bound
) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    table = inputs.book.contract.table(bound.units.table)
    groups: dict[str, list[Part]] = {}
    for column, code in numbers.codes(target.id):
        counted = numbers.counted(target.id, inputs.place.code, (column, code))
        codes = inputs.book.contract.codes(table.name, column)
        assert codes is not None
        if counted.n_units:
            part = _part(inputs, bound, counted, code, codes.codes[code].label, None)
            groups.setdefault(table.columns[column].label, []).append(part)
    return tuple((label, tuple(parts)) for label, parts in groups.items() if len(parts) > 1)


def _below(inputs: Inputs, numbers: Numbers, target: Target, bound: Bound) -> tuple[Part, ...]:
    divisions = inputs.divisions
    return tuple(
        _part(inputs, bound, numbers.counted(target.id, child.code), child.code, child.name, target)
        for child in divisions.children(inputs.place.code)
    )
