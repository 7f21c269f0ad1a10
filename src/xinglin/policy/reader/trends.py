"""Directions without a number: 诊疗量稳步提升, 逐年提高…达标率. Shown, never judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from xinglin.policy.reader.model import ReadTrend, Source, Surety
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.past import past_clause
from xinglin.policy.reader.sentences import Part, Sentence, sentences
from xinglin.policy.reader.words import words

Direction = Literal["up", "down"]


def trends(root: Node, source: Source) -> tuple[ReadTrend, ...]:
    """Every direction of the main text in printed order."""
    found: list[ReadTrend] = []
    for node, sentence, part in _parts(root):
        if trend := _trend(sentence.part(part)):
            quotation = sentence.text.cut(part.start, part.end).quotation(source, node.place)
            surety = Surety(0.8, ("只有方向，没有数字",))
            found.append(ReadTrend(f"r{len(found) + 1:02d}", quotation, *trend, surety))
    return tuple(found)


def _parts(root: Node) -> Iterator[tuple[Node, Sentence, Part]]:
    for node in root.walk():
        if any(past_clause(above) for above in node.above()):
            continue
        for text in node.texts:
            for sentence in sentences(text):
                yield from ((node, sentence, part) for part in sentence.parts)


@cache
def _pattern() -> re.Pattern[str]:
    up, down = words()["directions"]["up"], words()["directions"]["down"]
    nouns = words()["trend_nouns"]
    return re.compile(
        rf"(?P<before>[^，]{{2,40}}?(?:{nouns}))(?:在[^，]{{2,10}})?(?P<way>(?:逐[年步]|稳步|持续|不断)(?:{up}|{down}))$"
        rf"|^(?:[^，]{{0,4}}?)(?P<lead>{up}|{down})(?P<after>[^，、。]{{0,24}}?(?:{nouns}))$"
    )


def _trend(text: str) -> tuple[str, Direction] | None:
    match = None if re.search(r"\d", text) else _pattern().search(text)
    if not match:
        return None
    falls = re.search(f"(?:{words()['directions']['down']})$", match["way"] or match["lead"])
    return match["before"] or match["after"], "down" if falls else "up"
