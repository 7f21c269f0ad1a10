"""Requirements without a number that the annex prints and the main text repeats: further places of the same entry.

In a county's plan the main text may name the county's own hospital where the annex speaks of county hospitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from xinglin.base.states import Comparator
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader.dates import dates
from xinglin.policy.reader.entries import Reader, Statement
from xinglin.policy.reader.found import present
from xinglin.policy.reader.merging import plain_subject
from xinglin.policy.reader.model import Deadline
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.past import past_clause
from xinglin.policy.reader.sentences import Part, Sentence, sentences
from xinglin.policy.reader.subjects import cleaned, front, subject_end


@dataclass(slots=True)
class _Rows:
    """Rows of annexes by what they ask, in plain letters."""

    by_measure: dict[str, list[Statement]] = field(default_factory=dict)
    hosted: dict[str, list[Statement]] = field(default_factory=dict)

    def add(self, row: Statement) -> None:
        self.by_measure.setdefault(_plain(row.found.measure), []).append(row)
        if hosted := _HOSTED.fullmatch(row.found.measure):
            self.hosted.setdefault(_plain(hosted["what"]), []).append(row)


def repeats(root: Node, statements: list[Statement], reader: Reader) -> list[Statement]:
    """Places in the main text that say the same as a row of an annex and gave no entry of their own."""
    rows = _Rows()
    for one in statements:
        mine = one.from_table and not one.past and one.level is reader.level
        if mine and (one.found.value is None or one.found.comparator is Comparator.ALL):
            rows.add(one)
    taken = {
        (one.quotation.place.path, one.quotation.text) for one in statements if one.found.value is not None
    }
    if not rows.by_measure:
        return []
    nodes = (node for node in root.walk() if not any(past_clause(above) for above in node.above()))
    return _one_subject([one for node in nodes for one in _in_node(node, rows, reader, taken)])


def _in_node(node: Node, rows: _Rows, reader: Reader, taken: set[tuple[str, str]]) -> Iterator[Statement]:
    for text in node.texts:
        for sentence in sentences(text):
            for part in sentence.parts:
                alike = list(_alike(sentence.part(part), rows, reader.level))
                quotation = sentence.text.cut(part.start, part.end).quotation(reader.source, node.place)
                if alike and (node.path, quotation.text) not in taken:
                    day = _day(sentence, part, reader)
                    yield from (
                        replace(one, quotation=quotation, deadline=day, from_table=False) for one in alike
                    )


def _day(sentence: Sentence, part: Part, reader: Reader) -> Deadline | None:
    days = dates(sentence.text.chars, reader.period.end, reader.period.start_year)
    return next((one for at, _, one in days if at < part.end), None)


def _alike(body: str, rows: _Rows, level: DocumentLevel | None) -> Iterator[Statement]:
    own = front(body)
    end = own.start + subject_end(body[own.start :])
    subject, measure = cleaned(body[own.start : end]).text, _plain(body[end:])
    if subject and len(measure) > 1:
        for row in rows.by_measure.get(measure, ()):
            encouraged = row.found.comparator is Comparator.ENCOURAGED
            if encouraged == ("鼓励" in own.skipped) and _means(subject, row, level):
                yield row
    if match := _HOSTED.fullmatch(body):
        for row in rows.hosted.get(_plain(match["what"]), ())[:1]:
            reason = "附件同一要求，正文写明由谁承担"
            found = present(0, len(body), match["host"], f"依托其设置{match['what']}", reason)
            yield replace(row, found=found)


_OWN_HOSPITAL = re.compile(r"(?:[\u4e00-\u9fff]{1,6})?[市县区旗]中医(?:医)?院")
_HOSTED = re.compile(r"依托(?P<host>[^，]+?)等?(?:设置|建设|建立|设立)(?P<what>[^，]+)")


def _means(subject: str, row: Statement, level: DocumentLevel | None) -> bool:
    """The same subject, or the county's own hospital where the row speaks of county hospitals."""
    theirs = row.found.subject
    local = level is DocumentLevel.COUNTY and _OWN_HOSPITAL.fullmatch(subject)
    if local and re.search("县级.*医院$", theirs):
        return True
    a, b = plain_subject(subject), plain_subject(theirs)
    return row.found.value is None and (a == b or a.endswith(b) or b.endswith(a))


def _one_subject(found: list[Statement]) -> list[Statement]:
    """The same hosted requirement in several clauses keeps the first host named."""
    first: dict[str, str] = {}
    for one in found:
        if one.found.comparator is Comparator.EXISTS and one.found.measure.startswith("依托其"):
            one.found.subject = first.setdefault(_plain(one.found.measure), one.found.subject)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[，、“”《》（）的有]|中医药?|达到?|标准", "", text)
