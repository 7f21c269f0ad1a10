"""Promise against measurement: verdicts, gaps, explanation down to the unit, vintages."""

from xinglin.standing.evaluate import evaluate
from xinglin.standing.explain import explain, with_explanations
from xinglin.standing.inputs import Inputs, open_inputs
from xinglin.standing.model import Explanation, Gap, Part, Result, Standing

__all__ = [
    "Explanation",
    "Gap",
    "Inputs",
    "Part",
    "Result",
    "Standing",
    "evaluate",
    "explain",
    "open_inputs",
    "with_explanations",
]
