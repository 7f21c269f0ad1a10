"""Statements of one sentence: which thresholds it sets, for whom. The rules are tried in a fixed order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from xinglin.policy.reader.coverage import covers_all, supervision
from xinglin.policy.reader.found import Context, Found, everyone, measure_text, present, with_strength
from xinglin.policy.reader.numbers import Number, numbers
from xinglin.policy.reader.ratios import distributed, per_capita
from xinglin.policy.reader.sentences import Part, Sentence, masked
from xinglin.policy.reader.shares import shares
from xinglin.policy.reader.subjects import cleaned, front, has_head, subject_end
from xinglin.policy.reader.thresholds import thresholds
from xinglin.policy.reader.words import any_of, words

_DATE_LEAD = re.compile(
    r"(?:力争|争取|确保)?(?:(?:到|至|截至|于|在)?20\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:年?[底末])?(?:之前|以前|前|起)?"
    r"|(?:到)?“?十[四五]五”?(?:期?末|期间|时期)|\d年内|[三五]年内)[，内]?"
)


# 1 5%, 8O%: blanks or letters inside a number; which number it was cannot be known.
_TORN_NUMBER = re.compile(r"\d \d|\d[OoIl]+[%\d]|(?<![A-Za-z])[OIl]\d*0?%|(?<![A-Za-z])l\d")


def statements(sentence: Sentence, context: Context) -> list[Found]:
    """All thresholds of a sentence in printed order."""
    found: list[Found] = []
    parts = [piece for part in sentence.parts for piece in _pieces(sentence, part, context)]
    for part in parts:
        if _TORN_NUMBER.search(sentence.part(part)):
            context.doubts.append(f"“{sentence.part(part)[:40]}”里的数字被空格或字母断开，没有读出")
            continue
        here = list(_part(sentence.part(part), part, context))
        found += here or list(_table_only(sentence.part(part), part, context, found))
    return [one for whole in found for one in (_split(whole) if context.in_table else [whole])]


_TWO_ROOMS = re.compile(r"((?:设置|设立|建有|设有)(?:[^和、]*?))([^和、置立有]{2,8}科)和([^和、]{2,8}科)")


def _split(found: Found) -> list[Found]:
    """In a table 设置治未病科和康复科 is two requirements."""
    match = _TWO_ROOMS.fullmatch(found.measure)
    return [replace(found, measure=match[1] + room) for room in (match[2], match[3])] if match else [found]


def _pieces(sentence: Sentence, part: Part, context: Context) -> list[Part]:
    """In a table 全部设置中医馆、配备中医医师 is two requirements."""
    marks = re.finditer("、(?=配备|设置|设立|配置)", masked(sentence.part(part))) if context.in_table else ()
    cuts = [part.start + match.start() for match in marks]
    return [
        Part(a, b) for a, b in zip([part.start, *(cut + 1 for cut in cuts)], [*cuts, part.end], strict=True)
    ]


def _part(text: str, part: Part, context: Context) -> Iterator[Found]:
    start = _after_date(text)
    body = text[start:]
    _note_encouragement(body, context)
    for rule in (supervision, covers_all, distributed, per_capita, shares, thresholds, _universal, _graded):
        here = rule(body, context)
        if here is not None:
            for found in here:
                found.subject = context.area + _antecedent(found.subject, context)
                found.start, found.end = part.start, part.end
                yield with_strength(found, text, context)
            break
    _note_subject(body, context, here or [])


def _antecedent(subject: str, context: Context) -> str:
    """A bare 基地 or 中心 is the one named in full earlier in the paragraph."""
    if subject not in {"基地", "中心", "医院", "机构"}:
        return subject
    return next((one for one in reversed(context.named_before) if one.endswith(subject)), subject)


def _after_date(text: str) -> int:
    match = _DATE_LEAD.match(text)
    return match.end() if match else 0


def _note_encouragement(body: str, context: Context) -> None:
    """Only a part that goes on with a verb of making stays under the 鼓励 of the part before."""
    if "鼓励" in front(body).skipped or not re.match(words()["counting_verbs"], body):
        context.encouraged = False


_SHARES = ("句首写明占比", "每家的门槛，前面写明机构占比")


def _note_subject(body: str, context: Context, stated: list[Found]) -> None:
    own = front(body)
    end = subject_end(body[own.start :])
    if stated and stated[0].reason in _SHARES:
        return
    narrowed = re.fullmatch(r"在(?!.*其他)([^，]+地区)", body)
    context.area = narrowed[1] if narrowed else ""
    if match := re.match(r"在([^，]+?)等$", body):
        context.subject, context.weakly = match[1], False
    elif end:
        context.subject = cleaned(body[own.start : own.start + end]).text
        context.doing = body[own.start + end :]
        context.every = bool(own.every or own.weak)
        if stated and not stated[0].own and body[own.start :].startswith(stated[0].subject):
            context.subject = stated[0].subject
        context.weakly = not stated and bool(re.search("鼓励|支持|推动", own.skipped))
    if "鼓励" in own.skipped:
        context.encouraged = True


def _universal(body: str, context: Context) -> list[Found] | None:
    """所有…设置…, …全部设置…, …100%设置…, …全面达标: no other number in it."""
    own = front(body)
    plain = masked(body)
    end = own.start + subject_end(body[own.start :])
    match = any_of("all_after").search(plain, end)
    printed = match[0] if match else own.every
    if not printed or any(number for number in numbers(plain) if not _is_all(number, plain)):
        return None
    subject = cleaned(body[own.start : end]).text
    if not subject and match and "鼓励" in own.skipped:
        subject = context.subject
    if not subject or (printed == own.every and printed.startswith("每") and not match):
        return None
    rest = body[end:].replace(match[0], "", 1) if match else body[end:]
    if len(rest.strip()) < 2 or re.match(r"[的之]|三级|两级|各级", rest):
        return None
    return [everyone(0, len(body), subject, measure_text(rest), printed)]


def _is_all(number: Number, plain: str) -> bool:
    return number.is_percent and number.value == 100 and bool(plain[number.until :].strip("的"))


def _graded(body: str, context: Context) -> list[Found] | None:
    """区中医院达到二级甲等及以上标准: a grade to be reached, no number."""
    plain = masked(body).replace("“", "").replace("”", "")
    match = re.search(rf"达到?[^，]{{0,3}}(?:{words()['grades']})[^，]{{0,8}}?(?:水平|标准|医院)", body)
    if context.encouraged and context.subject and re.match("建设成为|建成|成为", body):
        return [present(0, len(body), context.subject, body, "鼓励的内容，没有数字")]
    if not match or "鼓励" in body or list(numbers(plain)):
        return None
    own = front(body)
    end = own.start + subject_end(body[own.start :])
    subject = cleaned(body[own.start : end]).text if end <= match.start() else ""
    if not subject and (tail := re.match(r"的(.+)$", body[match.end() :])) and has_head(tail[1]):
        subject = tail[1]
    if not subject or any_of("all_after").search(body):
        return None
    # 二级甲等及以上: the comparison is part of the grade.
    named = match[0] if "以上" in match[0] else measure_text(body[end:]) or match[0]
    return [present(0, len(body), subject, named, "等级门槛，没有数字")]


_ADDED = re.compile(r"(?:、|并)?(?:配备|设置|设立|配置|配有|建有|完成)")


def _table_only(text: str, part: Part, context: Context, before: list[Found]) -> Iterator[Found]:
    """In a table every statement counts: with 全部 in front it goes on, else it is a yes or no."""
    if not context.in_table:
        return
    own = front(text)
    last = before[-1] if before else None
    if last and _ADDED.match(text) and last.words and last.comparator.value == "all":
        yield everyone(part.start, part.end, last.subject, measure_text(text), last.words)
        return
    end = own.start + subject_end(text[own.start :])
    subject = cleaned(text[own.start : end]).text
    rest = text[end:].strip("的，")
    if subject and len(rest) > 1 and (not last or "实现" in own.skipped or "鼓励" in own.skipped):
        found = present(part.start, part.end, subject, measure_text(rest), "指标表中的要求，没有数字")
        yield with_strength(found, text, Context())
