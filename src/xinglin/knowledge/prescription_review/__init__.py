"""Review of prescriptions (处方点评): the 28 items, what the machine decides of them, and the sample to review.

The machine decides what can be seen, suggests what a pharmacist should look at, and leaves the rest to people; it
never acts on anybody's rights.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import RootModel

from xinglin.base.yamlfile import build, read_yaml
from xinglin.knowledge.prescription_review import form, use
from xinglin.knowledge.prescription_review.model import (
    Answered,
    By,
    Class,
    Hand,
    Hit,
    Item,
    Reviewed,
    Verdict,
)
from xinglin.knowledge.prescription_review.parameters import parameters
from xinglin.knowledge.prescription_review.sampling import Draw, Scope, draw, scopes, size
from xinglin.knowledge.prescription_review.summary import Outcome, Summary, summarise

__all__ = [
    "Answered",
    "By",
    "Class",
    "Draw",
    "Hand",
    "Hit",
    "Item",
    "Outcome",
    "Reviewed",
    "Scope",
    "Summary",
    "Verdict",
    "draw",
    "items",
    "parameters",
    "review",
    "scopes",
    "size",
    "summarise",
]

_CLASS = {"N": Class.IRREGULAR, "U": Class.UNSUITABLE, "X": Class.EXTRAORDINARY}
_MILDEST_FIRST = list(Class)


class _Items(RootModel[dict[str, Item]]):
    pass


@lru_cache(maxsize=1)
def items() -> dict[str, Item]:
    """The 28 items by code, in the printed order."""
    path = Path(__file__).parent / "data" / "items.yaml"
    return build(_Items, read_yaml(path), path.name).root


def review(record: Reviewed) -> Verdict:
    """The machine's part: every hit, the class the decided hits make, and the items people still decide."""
    known = items()
    order = list(known)
    hits = sorted(
        {*form.hits(record), *use.hits(record, known)}, key=lambda one: (order.index(one.item), one.what)
    )
    decided = [_CLASS[one.item[0]] for one in hits if not one.suggested]
    worst = max(decided, key=_MILDEST_FIRST.index, default=Class.REASONABLE)
    suggested = {one.item for one in hits if one.suggested}
    still = [code for code, item in known.items() if item.by is By.PERSON or code in suggested]
    return Verdict(tuple(hits), worst, tuple(still))
