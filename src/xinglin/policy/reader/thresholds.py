"""Thresholds behind their subject: rates, 6类10项, counts, grades with a number; lists of them joined by 、 and 和."""

from __future__ import annotations

import re
from itertools import pairwise

from xinglin.policy.reader.counts import counted
from xinglin.policy.reader.coverage import without_thing
from xinglin.policy.reader.found import HUNDRED, Context, Found, measure_text, threshold
from xinglin.policy.reader.numbers import Number, numbers
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.subjects import (
    Front,
    apart,
    cleaned,
    front,
    grassroots,
    is_graded,
    members,
    subject_end,
    ungraded,
)  # fmt: skip
from xinglin.policy.reader.words import any_of

_ALL_FOUR = "基层医疗卫生机构"


def thresholds(body: str, context: Context) -> list[Found] | None:
    """Every threshold of a part; None when it holds no number that binds anyone."""
    plain = masked(body)
    found: list[Found] = []
    for start, end in _pieces(plain):
        here = [number for number in numbers(plain[start:end]) if not _from(plain[start:end], number)]
        if not here:
            continue
        number = here[-1]
        if number.at_most:
            context.doubts.append(f"“{body[:40]}”是上限要求，本格式没有这种比较，请人工处理")
            continue
        found += _piece(body[start:end], number, context, found)
    return found or None


def _from(text: str, number: Number) -> bool:
    """从40%提高到45%: the first number is where it starts."""
    return bool(re.search(r"(?:从|由)[^，]{0,12}$", text[: number.since])) and "到" in text[number.end :]


def _pieces(plain: str) -> list[tuple[int, int]]:
    """Cut a list of thresholds where a list mark follows one number and leads to another."""
    all_ = list(numbers(plain))
    cuts = [0]
    for left, right in pairwise(all_):
        between = plain[left.until : right.since]
        marks = [
            match for match in re.finditer(r"、|和|及|以及", between) if _outside(between[: match.start()])
        ]
        if not marks:
            continue
        mark = marks[0] if left.is_percent and between[:1] in "、和及" else marks[-1]
        cuts.append(left.until + mark.start())
    return list(zip(cuts, [*cuts[1:], len(plain)], strict=True))


def _outside(before: str) -> bool:
    return before.count("（") == before.count("）")


def _piece(text: str, number: Number, context: Context, before: list[Found]) -> list[Found]:
    if number.is_percent:
        return _rate(text, number, context, before)
    if number.unit == "级":
        return _simple(text, number, context, "写明要达到的级别")
    if number.unit in "类项" and re.search(r"技术", text) and not re.match(r"[、和]?(?:新增|制定)", text):
        return _techniques(text, number, context)
    return counted(text, number, context, before)


def _bound(text: str, number: Number, own: Front) -> tuple[str, str, str]:
    """Subject, what is left up to the number, and the word for all in it."""
    left = text[own.start : number.since]
    end = subject_end(left)
    match = any_of("all_after").search(masked(left), end)
    return left[:end], left[end:], match[0] if match else own.every


def _simple(text: str, number: Number, context: Context, reason: str) -> list[Found]:
    own = front(text)
    subject, rest, _ = _bound(text, number, own)
    who = cleaned(subject).text or context.subject
    return [threshold(number, 0, len(text), who, measure_text(rest), reason)] if who else []


def _techniques(text: str, number: Number, context: Context) -> list[Found]:
    """能够开展6类10项以上…适宜技术: the threshold of each facility."""
    own = front(text)
    subject, rest, every = _bound(text, number, own)
    everyman = re.match(r"每人|人均", text[own.start - len(own.every) :]) if own.every == "每" else None
    who = context.thing if everyman else cleaned(subject).text or context.subject
    if not who and (who := measure_text(text[number.until :])):
        context.doubts.append(f"“{text[:40]}”没有写主语，以所推广的内容代替")
    if not who:
        return []
    inherited = context.every and not cleaned(subject).text
    share = HUNDRED if every or own.weak or inherited else None
    found = []
    for one in apart(who) if share is None else [who]:
        statement = threshold(
            number, 0, len(text), one, measure_text(rest + text[number.until :]), "类数、项数门槛"
        )
        statement.share = share
        if not cleaned(subject).text:
            statement.doubts.append("主语取自前一分句")
        found.append(statement)
    return found


_RATE = re.compile(r"率|占比|比例|比重|占|水平|份额|覆盖(?:面|人口)")


def _rate(text: str, number: Number, context: Context, before: list[Found]) -> list[Found]:
    own = front(text.lstrip("、和及"))
    body = text.lstrip("、和及")
    shift = len(text) - len(body)
    left = body[own.start : number.since - shift]
    if own.skipped.endswith("对") and context.subject:
        left = "对" + left
    if not (number.words or _RATE.search(left)) or (
        number.value == HUNDRED and text[number.until :].strip("的")
    ):
        return []
    subject, rest, all_word = *_had(left), ""
    if match := any_of("all_after").search(masked(rest)):
        all_word = match[0]
    who, doubt = _rate_subject(subject, rest, body, context, before)
    if not who:
        return []
    if own.weak and subject:
        who = own.weak + who
    names = (
        members(who) if all_word in {"均", "都"} and _RATE.search(rest) and len(members(who)) > 1 else [who]
    )
    found = []
    for name in names:
        measure = measure_text(cleaned(subject).achievement + rest)
        if before and is_graded(body) and is_graded(before[0].measure):
            measure = body[:1] + before[0].measure[1:]
        one = threshold(number, 0, len(text), name, measure, "比率与比较词")
        one.share = HUNDRED if own.every.startswith(("所", "全", "每")) and subject else None
        one.doubts += [doubt] if doubt else []
        found.append(one)
    return found


def _had(left: str) -> tuple[str, str]:
    """Subject and measure; of 乡镇卫生院中医馆设置率 the hall is what is had, not who has it."""
    end = subject_end(left)
    if re.match(r"(?:设置|覆盖|建设|建成|配备|达标|普及|设立)率", left[end:]):
        holder, _ = without_thing(left[:end])
        end = len(holder)
    return left[:end], left[end:]


def _rate_subject(
    subject: str, rest: str, body: str, context: Context, before: list[Found]
) -> tuple[str, str]:
    """Whose rate it is, and the doubt about it."""
    if is_graded(body):
        return (before[0].subject, "") if before else (context.subject, "主语取自前一分句")
    if subject:
        hall = re.match(r"[一二三四五]级(?:标准)?((?:中|国|蒙)?医?馆)", rest)
        return cleaned(ungraded(subject)).text + (hall[1] if hall else ""), ""
    if rest.startswith("覆盖人口"):
        led = re.findall(r"([^，。；鼓励支持推动]+?医院)牵头组建(?:[^，。；]{0,6}?)医共体", context.paragraph)
        if led:
            return f"{led[-1]}牵头的医共体", "主语取自前文的医共体"
    if context.weakly and grassroots(context.paragraph):
        return _ALL_FOUR, "主语省略，全条述及四类基层机构，按四类合计读"
    if context.subject:
        return context.subject, "主语取自前一分句"
    whole = measure_text(rest)
    return (whole, "没有找到主语，以指标名代替") if len(whole) > 3 else ("", "")
