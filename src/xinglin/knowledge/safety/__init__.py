"""The safety check of a prescription: one pure function that every writer calls (page, API, import, template, copy).

``check`` answers with findings; what to do with them (ask for a signature, refuse to save) is the writer's. The rules
with their levels, the posts and the parameters are data beside this file.

Example:
    >>> from decimal import Decimal
    >>> from xinglin.knowledge.safety import Line, Prescription, check
    >>> check(Prescription((Line("甘草", Decimal(6)), Line("白术", Decimal(9))), doses=7))
    ()
"""

from __future__ import annotations

from dataclasses import replace

from xinglin.knowledge import formulas
from xinglin.knowledge.formulas import Formula
from xinglin.knowledge.safety import (
    about_control,
    about_decoction,
    about_doses,
    about_names,
    about_pairs,
    about_persons,
)
from xinglin.knowledge.safety.case import Case
from xinglin.knowledge.safety.model import (
    Context,
    Finding,
    Kind,
    Level,
    Line,
    Offer,
    Patient,
    Prescription,
    Route,
    worst,
)
from xinglin.knowledge.safety.patents import Medicine, check_patents
from xinglin.knowledge.safety.ruleset import (
    Post,
    Rule,
    RuleSet,
    assemble,
    load,
    patent_rules,
    posts,
    rules,
)

__all__ = [
    "Context",
    "Finding",
    "Kind",
    "Level",
    "Line",
    "Medicine",
    "Offer",
    "Patient",
    "Post",
    "Prescription",
    "Route",
    "Rule",
    "RuleSet",
    "assemble",
    "check",
    "check_patents",
    "check_with",
    "from_formula",
    "load",
    "patent_rules",
    "posts",
    "rules",
    "worst",
]

_CHECKS = (
    about_names.names,
    about_names.doses,
    about_control.banned,
    about_control.external_only,
    about_control.toxic,
    about_control.poppy,
    about_control.animals,
    about_control.post,
    about_persons.allergy,
    about_persons.pregnancy,
    about_persons.nursing,
    about_persons.child,
    about_persons.elderly,
    about_pairs.opposed,
    about_pairs.possible,
    about_pairs.running,
    about_pairs.twice,
    about_doses.above,
    about_doses.unknown,
    about_doses.raw_unspecified,
    about_doses.size,
    about_decoction.boiled,
)
_ANYONE = Patient()
_HERE = Context()
_AS_PRINTED = ("dose_above", "opposed_pair")


def check(
    prescription: Prescription, patient: Patient = _ANYONE, context: Context = _HERE
) -> tuple[Finding, ...]:
    """Everything the rules find in a prescription, the most serious first.

    The order of the herbs does not matter, an alias counts as its standard name, and a dose below the range is never
    found. Pure: the same input gives the same findings. Each finding names its edition; a writer stores
    ``context.edition`` beside the result, so that a prescription without findings also tells what it was held against.

    Raises:
        DefinitionError: the edition or the kind of post in the context is not known.
    """
    return check_with(load(context.edition), prescription, patient, context)


def check_with(
    rule_set: RuleSet, prescription: Prescription, patient: Patient = _ANYONE, context: Context = _HERE
) -> tuple[Finding, ...]:
    """As ``check``, with rules already assembled."""
    case = Case(rule_set, prescription, patient, context)
    found = [_in_words(case, one) for look in _CHECKS for one in look(case)]
    return tuple(
        sorted(found, key=lambda one: (-one.level.rank, rule_set.order[one.rule], one.herbs, one.lines))
    )


def from_formula(formula: Formula, doses: int) -> Prescription:
    """A prescription with the herbs, grams and footnotes of a classic formula."""
    return Prescription(
        tuple(Line(part.herb, part.grams, part.decoction or None) for part in formula.ingredients), doses
    )


def _in_words(case: Case, found: Finding) -> Finding:
    """What a signature needs to know here: the formula prints it so; nobody on the spot will look at it again."""
    if found.level is not Level.SIGN:
        return found
    more = []
    formula = formulas.get(case.context.template) if case.context.template else None
    if formula and found.rule in _AS_PRINTED and _printed(case, found, formula):
        more.append(f"经典方{formula.name}（{formula.source}）原方如此，可作理由")
    if case.post.review == "remote_sample":
        more.append("本岗位没有药师在场，双签的处方列入远程点评")
    return replace(found, fix="；".join((found.fix, *more))) if more else found


def _printed(case: Case, found: Finding, formula: Formula) -> bool:
    """Every line concerned stands so in the formula: herb and no more grams."""
    for at in found.lines:
        entry = case.entries[at]
        printed, written = formula.grams_of(entry.name), entry.line.grams
        if printed is None or written is None or written > printed:
            return False
    return True
