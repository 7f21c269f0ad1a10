"""Good values for every field, written in the definitions: they fill templates, tests and the demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinglin.records.conditions import Values, is_given
from xinglin.records.definition import Definition, Kind
from xinglin.records.fields import REFERENCES, FieldType
from xinglin.records.questionnaire import Questionnaire
from xinglin.records.validation import Anything, check

GIVEN = (*REFERENCES, FieldType.PLACE, FieldType.RECORD, FieldType.FILE)
"""Types whose samples are things of the database: whoever uses the sample names them."""


def sample_of(definition: Definition, things: Mapping[str, Any]) -> dict[str, Any]:
    """A good record.

    Args:
        things: what stands for references: field, or type (``facility``, ``place``, ``practitioner`` …), → id.
    """
    found = {}
    for name, field in definition.fields.items():
        if field.computed is not None:
            continue
        if field.type in GIVEN:
            thing = things.get(name, things.get(field.type.value))
            if thing is None and field.type in (FieldType.FACILITIES, FieldType.PRACTITIONERS):
                thing = things.get("facility" if field.type is FieldType.FACILITIES else "practitioner")
            if thing is not None:
                found[name] = thing
        elif field.sample is not None:
            found[name] = field.sample
    return found


_THINGS: dict[str, Any] = {"place": "441882"} | dict.fromkeys(
    ("facility", "hall", "practitioner", "consortium", "record", "file"), "x"
)
_PLACES = {2: "44", 4: "4418", 6: "441882", 9: "441882100", 12: "441882100001"}


def made_up(definition: Definition) -> dict[str, Any]:
    """A good record whose references are made up: places of the level that each field may hold, ``x`` for the rest."""
    raw = sample_of(definition, _THINGS)
    for name, field in definition.fields.items():
        if field.type is FieldType.PLACE and field.levels:
            raw[name] = _PLACES[field.levels[0]]
    return raw


def walk(definition: Definition, values: Values) -> tuple[str, ...] | None:
    """Moves that take a record with these values from the start to an end, the fewest; None if it cannot get there.

    Fields that moves set are set on the way (``today`` to the record's own day); the last day of a register, which its
    sample leaves open, is its first.
    """
    start, day = definition.start, values.get(definition.day_field)
    if definition.kind is Kind.REGISTER and not is_given(values.get("valid_to")):
        values = {**values, "valid_to": day}
    waiting: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [(start, (), dict(values))] if start else []
    seen = {start}
    while waiting:
        state, made, found = waiting.pop(0)
        if definition.states[state].end:
            return made
        for name, move in definition.moves.items():
            if move.to in seen or not move.is_open(state, found) or definition.lacking(move, found):
                continue
            seen.add(move.to)
            sets = {field: day if value == "today" else value for field, value in move.sets.items()}
            waiting.append((move.to, (*made, name), {**found, **sets}))
    return None


def sample_faults(definition: Definition) -> Iterator[str]:
    """What is wrong with the samples of a definition: missing ones, and those the checks refuse."""
    for name, field in definition.declared.items():
        if field.sample is None and field.required and field.type not in GIVEN:
            yield f"fields.{name}：必填的字段要写 sample"
        if field.sample is not None and (field.type in GIVEN or field.computed is not None):
            yield f"fields.{name}：这种字段不写 sample"
    lacking = {name for name, field in definition.declared.items() if field.required and field.sample is None}
    for fault in check(definition, made_up(definition), Anything()).errors:
        if fault.field in lacking and fault.fault.kind == "missing":
            continue  # said above
        yield f"sample：{fault.field}：{fault.fault.what}"
    if definition.survey is not None:
        yield from _answers(definition.survey)


def _answers(survey: Questionnaire) -> Iterator[str]:
    for name, question in survey.questions.items():
        if question.required and question.type in ("number", "text") and not is_given(question.sample):
            yield f"survey.questions.{name}：要写 sample"


def sample_answers(survey: Questionnaire) -> dict[str, Any]:
    """Good answers: what each question's sample says, else the best ones."""
    found: dict[str, Any] = {}
    for name in survey.questions:
        question = survey.questions[name]
        if name not in survey.asked(found):
            continue
        best = max(question.options, key=lambda code: question.scores.get(code, 0), default=None)
        answer = question.sample
        if answer is None and question.type == "choices":
            answer = list(question.right or [best])
        if answer is None:
            answer = {"scale": question.steps, "choice": question.right[0] if question.right else best}.get(
                question.type
            )
        if answer is not None:
            found[name] = answer
    return found
