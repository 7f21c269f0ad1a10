"""分别达到75%和85%, and numbers per ten thousand residents."""

from __future__ import annotations

import re
from dataclasses import replace

from xinglin.policy.reader.found import Context, Found, measure_text, threshold
from xinglin.policy.reader.numbers import Number, numbers
from xinglin.policy.reader.sentences import coordinated, masked
from xinglin.policy.reader.subjects import cleaned, front, members, subject_end


def distributed(body: str, context: Context) -> list[Found] | None:
    """A和B…率分别达到75%和85%: as many subjects (or measures) as numbers, else nothing and a doubt."""
    plain = masked(body)
    at = plain.find("分别")
    values = [number for number in numbers(plain) if number.start > at] if at >= 0 else []
    if len(values) < 2:
        return None
    own = front(body)
    left = body[own.start : at]
    if own.weak:
        left = own.weak + left
    end = subject_end(left.removeprefix(own.weak)) + len(own.weak)
    pairs = _by_subject(left, end, len(values)) or _by_measure(left, end, len(values), context)
    if not pairs:
        context.doubts.append(f"“{body[:40]}”：“分别”前后的项数对不上，没有读出数字")
        return []
    return [
        threshold(_compared_alike(number, values), 0, len(body), subject, measure, "“分别”前后逐项对应")
        for number, (subject, measure) in zip(values, pairs, strict=True)
    ]


def _compared_alike(number: Number, values: list[Number]) -> Number:
    """分别达到75%、85%以上: the last comparison word holds for all."""
    last = values[-1]
    return number if number.words else replace(number, comparator=last.comparator, words=last.words)


def _by_subject(left: str, end: int, count: int) -> list[tuple[str, str]]:
    names = members(left[:end])
    measure = measure_text(left[end:])
    return [(cleaned(name).text, measure) for name in names] if len(names) == count else []


def _by_measure(left: str, end: int, count: int, context: Context) -> list[tuple[str, str]]:
    """知晓率、满意率分别…: one subject, several measures; or each part with a subject of its own."""
    whole = coordinated(left)
    if len(whole) == count and all(subject_end(part) for part in whole):
        return [
            (cleaned(part[: subject_end(part)]).text, measure_text(part[subject_end(part) :]))
            for part in whole
        ]
    subject = cleaned(left[:end]).text or context.subject
    parts = coordinated(left[end:])
    kind = re.search(r"(?:设置|覆盖|配备|达标|知晓|满意|管理|建成)?率$", left)
    if kind and all("率" not in part for part in parts[:-1]):
        parts = [*(part + kind[0] for part in parts[:-1]), *parts[-1:]]
    return [(subject, measure_text(part)) for part in parts] if len(parts) == count and subject else []


_CAPITA = re.compile(
    r"(?P<who>城乡|农村|城镇|常住)?每(?P<base>[万千百])名?(?P<kind>(?:常住|户籍|城乡)?(?:居民|人口|人))"
)
_BASE = {"万": "万人", "千": "千人", "百": "百人"}


def per_capita(body: str, context: Context) -> list[Found] | None:
    """城乡每万名居民有0.6-0.8名…: the unit is per base of residents, for every number that follows."""
    del context
    plain = masked(body)
    match = _CAPITA.search(plain)
    found: list[Found] = []
    start = match.start() if match else 0
    for number in numbers(plain):
        if match and number.start > match.end() and not number.is_percent and not number.at_most:
            unit = f"{'张' if number.unit == '张' else '人'}/{_BASE[match['base']]}"
            subject, measure = (
                f"{match['who'] or ''}{match['kind']}",
                measure_text(body[start : number.since]),
            )
            if "数" not in measure:
                measure = measure_text(body[start:])
            found.append(
                threshold(replace(number, unit=unit), 0, len(body), subject, measure, "每万（千）人口的比率")
            )
            start = number.until
    return found or None
