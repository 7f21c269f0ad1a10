"""The five plans saved again as Word, PDF and web page give the same reading as the transcribed text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import resaved

from xinglin.policy.reader import Quotation, Reading, read
from xinglin.policy.reader.formats import source_of

pytestmark = pytest.mark.shared

PLANS = ("JL-jilin-city", "JS-jiangsu", "LZ-lianzhou", "NM-neimenggu", "ZL-linzi")
FORMS = {"docx": resaved.docx, "html": resaved.web, "pdf": resaved.pdf}
# What transcribing put in, and what tells one format from another without being words.
SIGNS = re.compile(r"[\s#*—\-]+|\[bookmark:[^\]]*\]")


@cache
def transcribed(path: Path) -> Reading:
    return read(source_of(path.name, path.read_bytes()))


def bare(text: str) -> str:
    return SIGNS.sub("", text)


def quoted(quotation: Quotation) -> str:
    """The words; of a row of a table only the place, for its cells are one line in the text."""
    return "" if "表" in quotation.place.path else bare(quotation.text)


def everything(reading: Reading) -> dict[str, list[Any]]:
    """All that was read, without places in the file."""
    return {
        "document": [
            getattr(reading.document, name)
            for name in (
                "title",
                "number",
                "issuers",
                "issued",
                "addressees",
                "region",
                "level",
                "period_end",
            )
        ],
        "targets": [
            (
                [quotation.place.path for quotation in one.quotations],
                [quoted(quotation) for quotation in one.quotations],
                (
                    one.subject,
                    one.measure,
                    one.comparator,
                    one.value,
                    one.upper,
                    one.unit,
                    one.second,
                    one.share,
                ),
                (one.deadline and one.deadline.day, one.level, one.strength, one.attribute, one.baseline),
                one.responsible,
            )
            for one in reading.targets
        ],
        "tasks": [
            (one.quotation.place.path, bare(one.heading), one.kind, one.units, one.lead, one.period)
            for one in reading.tasks
        ],
        "duties": [(one.quotation.place.path, one.units, bare(one.duty)) for one in reading.duties],
        "baselines": [
            (one.quotation.place.path, one.subject, one.value, one.unit) for one in reading.baselines
        ],
        "trends": [(one.quotation.place.path, bare(one.measure), one.direction) for one in reading.trends],
        "catalogues": [one.categories for one in reading.catalogues],
    }


CASES = [
    (plan, form)
    for plan in PLANS
    for form in FORMS
    if form != "html" or plan in ("JS-jiangsu", "LZ-lianzhou")
]


@pytest.mark.parametrize(("plan", "form"), CASES)
def test_the_same_is_read(shared: Path, plan: str, form: str) -> None:
    if form == "pdf" and not resaved.has_fonts():
        pytest.skip("没有 Noto Serif CJK SC 字体")
    path = shared / "policies" / f"{plan}.txt"
    pieces = resaved.elements(path.read_text(encoding="utf-8"))
    found = read(source_of(f"plan.{form}", FORMS[form](pieces)))
    expected, again = everything(transcribed(path)), everything(found)
    for kind, entries in expected.items():
        assert again[kind] == entries, kind
    assert len(expected["targets"]) > 20


@pytest.mark.parametrize("plan", ["JS-jiangsu", "JL-jilin-city"])
def test_every_quotation_stands_in_the_file_as_quoted(shared: Path, plan: str) -> None:
    path = shared / "policies" / f"{plan}.txt"
    found = read(source_of("plan.docx", resaved.docx(resaved.elements(path.read_text(encoding="utf-8")))))
    entries = [*found.targets, *found.tasks, *found.duties, *found.baselines, *found.trends]
    quotations = [
        one for entry in entries for one in getattr(entry, "quotations", None) or (entry.quotation,)
    ]
    assert len(quotations) > 60
    for quotation in quotations:
        assert quotation.text
        assert "".join(found.source.text(span) for span in quotation.spans) == quotation.text
