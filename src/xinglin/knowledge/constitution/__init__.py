"""Constitution (体质): three instruments that are never mixed, their scores, verdicts, chart data and guidance.

Example:
    >>> form = load_instrument("elderly33")
    >>> grades = in_order(form, [5] + [1] * 32)
    >>> assess(form, grades).conclusion
    '平和质 是'
"""

from xinglin.knowledge.constitution.answers import find_faults, in_order
from xinglin.knowledge.constitution.chart import Spoke, spokes
from xinglin.knowledge.constitution.guiding import Advice, Guidance, guidance_for, load_guidance
from xinglin.knowledge.constitution.history import Change, changes
from xinglin.knowledge.constitution.instrument import (
    INSTRUMENTS,
    Instrument,
    Item,
    UnknownInstrument,
    load_instrument,
)
from xinglin.knowledge.constitution.measuring import (
    ImplausibleMeasurement,
    MeasuredGrade,
    body_mass_index,
    disagreements,
    measure,
)
from xinglin.knowledge.constitution.remark import IncompleteAnswers
from xinglin.knowledge.constitution.scoring import (
    Assessment,
    Flag,
    MixedInstruments,
    Result,
    Score,
    assess,
    judge,
)
from xinglin.knowledge.constitution.types import BIASED, Constitution, Sex, Verdict

__all__ = [
    "BIASED",
    "INSTRUMENTS",
    "Advice",
    "Assessment",
    "Change",
    "Constitution",
    "Flag",
    "Guidance",
    "ImplausibleMeasurement",
    "IncompleteAnswers",
    "Instrument",
    "Item",
    "MeasuredGrade",
    "MixedInstruments",
    "Result",
    "Score",
    "Sex",
    "Spoke",
    "UnknownInstrument",
    "Verdict",
    "assess",
    "body_mass_index",
    "changes",
    "disagreements",
    "find_faults",
    "guidance_for",
    "in_order",
    "judge",
    "load_guidance",
    "load_instrument",
    "measure",
    "spokes",
]
