"""From a plan's text to a draft of our policy file: structure, targets, tasks, duties, baselines.

`read` takes a `Source` (blocks in printed order, from ``formats``) and gives a `Reading`: a draft for a human, each
entry with its clause, the exact words, how sure it is and why. Rules and word lists only, no trained model:

- ``normalising``, ``joining``, ``tables``: letters, torn lines, flattened tables; every letter keeps its origin.
- ``structure``, ``nodes``: 一、（一）1. ——, 一是, 专栏, 附件; ``document``: title, number, issuers, place.
- ``sentences``, ``numbers``, ``dates``, ``subjects``: the parts of a statement. ``words.yaml``: their words.
- ``targets`` tries in this order: ``coverage``, ``ratios``, ``shares``, ``thresholds`` (with ``counts``), then 全部
  and grades; ``columns`` and ``annexes`` read indicator tables; ``past`` sets apart what was; ``merging`` and
  ``repeats`` put the places of one target together; ``entries`` and ``reading`` hold it all together.
- ``tasks``, ``trends``, ``catalogues``: the other entries. ``matching`` and ``concepts.yaml``: our measure for each.

Sources: the five plans this project transcribed (``policy/documents``) and the common wording of such plans. The
rules were written on Jiangsu and Linzi, and tried on Inner Mongolia and Jilin; Lianzhou was kept aside. Against the
hand-made gold (``tests/unit/policy/test_reading_gold.py``) Lianzhou first gave precision 0.778 and recall 0.848
(goals headed 一是 were not yet clauses); after general mending all three pass 0.97 and 0.95.

Covered: action plans, work plans and development plans of health authorities and governments; news and bulletins are
known by their look and give baselines. Not covered, and told as a doubt where noticed: ceilings (不超过, our format
has no such comparison), money and areas, growth rates, numbers a blank or a letter breaks, requirements without a
number that no indicator table repeats, subjects that only the heading of a box names, pictures of tables.

Example:
    >>> from xinglin.policy.reader import Block, Source, read
    >>> source = Source("例", (Block("paragraph", "一、到2025年，村卫生室全部设置中医阁。"),))
    >>> read(source).source.name
    '例'
"""

from xinglin.policy.reader.model import (
    Amount,
    Block,
    Clause,
    Deadline,
    PastValue,
    Place,
    Quotation,
    ReadBaseline,
    ReadCatalogue,
    ReadDocument,
    ReadDuty,
    Reading,
    ReadTarget,
    ReadTask,
    ReadTrend,
    Source,
    Span,
    Surety,
)
from xinglin.policy.reader.reading import read

__all__ = [
    "Amount",
    "Block",
    "Clause",
    "Deadline",
    "PastValue",
    "Place",
    "Quotation",
    "ReadBaseline",
    "ReadCatalogue",
    "ReadDocument",
    "ReadDuty",
    "ReadTarget",
    "ReadTask",
    "ReadTrend",
    "Reading",
    "Source",
    "Span",
    "Surety",
    "read",
]
