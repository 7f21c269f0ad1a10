"""100%的社区卫生服务站、80%以上的村卫生室…: a part of all facilities in front of what they must do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xinglin.policy.reader.found import HUNDRED, Context, Found, everyone, measure_text, share_of, threshold
from xinglin.policy.reader.numbers import Number, numbers
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.subjects import Subject, cleaned, front, subject_end

_EACH = "每家的门槛，前面写明机构占比"


@dataclass(slots=True)
class _Part:
    """One share and the facilities behind it."""

    number: Number
    start: int
    end: int


def shares(body: str, context: Context) -> list[Found] | None:
    """Statements led by shares; a threshold behind them binds each facility."""
    plain = masked(body)
    parts = [part for number in numbers(plain) if (part := _lead(body, plain, number))]
    if not parts:
        return None
    found: list[Found] = []
    for group, until in _groups(parts, plain):
        found += _group(body, plain, group, until, context)
    return found or None


def _lead(body: str, plain: str, number: Number) -> _Part | None:
    """The share as the lead of a run of facilities; None when it is a threshold of its own."""
    if not number.is_percent or number.at_most:
        return None
    start = number.until + (1 if plain[number.until : number.until + 1] == "的" else 0)
    if re.search(r"(?:占|率|比例|比重|占比)[^，、]{0,12}$", plain[: number.since]) and start == number.until:
        return None
    if not plain[start : start + 1] or plain[start] in "、和及，；":
        return None
    length = subject_end(body[start:])
    return _Part(number, start, start + length) if length else None


def _groups(parts: list[_Part], plain: str) -> list[tuple[list[_Part], int]]:
    """Shares that follow each other directly belong to one predicate."""
    groups: list[tuple[list[_Part], int]] = []
    run = [parts[0]]
    for part in parts[1:]:
        last = run[-1]
        last.end = min(last.end, part.number.since)
        if plain[last.end : part.number.since].strip("、和及以") == "":
            run.append(part)
        else:
            groups.append((run, part.number.since))
            run = [part]
    groups.append((run, len(plain)))
    return groups


def _group(body: str, plain: str, group: list[_Part], until: int, context: Context) -> list[Found]:
    after = group[-1].end
    predicate = body[after:until].strip("、和及")
    lead = body[: group[0].number.since]
    inner = [number for number in numbers(plain) if after <= number.start < until and not number.at_most]
    found: list[Found] = []
    if first := _all_before(lead):
        found += _for_all(first, predicate, inner, until)
        lead = ""
    for part in group:
        subject = cleaned(body[part.start : part.end].strip("、和及以"))
        subject = _of_them(subject, lead, context)
        context.subject = subject.text
        measure = measure_text(subject.achievement + predicate) or measure_text(lead)
        if inner:
            for number in inner:
                one = threshold(number, 0, until, subject.text, measure, _EACH)
                one.share = part.number.value
                found.append(one)
        elif measure:
            found.append(share_of(part.number, 0, until, subject.text, measure, "句首写明占比"))
    return found


def _of_them(subject: Subject, lead: str, context: Context) -> Subject:
    """其中15%的中医馆 are some of the halls named before."""
    if lead.endswith("其中") and context.subject.endswith(subject.text):
        return Subject(context.subject, subject.achievement)
    return subject


def _for_all(subject: str, predicate: str, inner: list[Number], until: int) -> list[Found]:
    if not inner:
        return [everyone(0, until, subject, measure_text(predicate), "所有")] if predicate else []
    found = [threshold(one, 0, until, subject, measure_text(predicate), _EACH) for one in inner]
    for one in found:
        one.share = HUNDRED
    return found


def _all_before(lead: str) -> str:
    """所有A、B和70%的C: A、B are all of their kind."""
    own = front(lead)
    end = own.start + subject_end(lead[own.start :])
    alone = own.every and end > own.start and lead[end:].strip("、和及以") == ""
    return cleaned(lead[own.start : end]).text if alone else ""
