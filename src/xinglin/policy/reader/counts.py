"""Counts: 建设30所互联网中医医院, 培训1000名…, 每个县培训至少15名…, …不少于5届."""

from __future__ import annotations

import re
from decimal import Decimal

from xinglin.policy.reader.found import HUNDRED, Context, Found, measure_text, threshold
from xinglin.policy.reader.numbers import Number
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.subjects import Front, cleaned, front, subject_end
from xinglin.policy.reader.words import alternatives, words

_PAPERS = re.compile(
    r"(?:文件|通知|意见|制度|办法|细则|简报|会议|讲话|批示|办公室|工作组|工作专班|领导小组|小组)$"
)


def counted(text: str, number: Number, context: Context, before: list[Found]) -> list[Found]:
    """The count of a piece; nothing when neither verb, comparison nor 每 says that it must be reached."""
    shift = len(text) - len(text.lstrip("、和及"))
    body = text[shift:]
    own = front(body)
    left = body[own.start : max(number.since - shift, own.start)]
    end = subject_end(left)
    after = body[number.until - shift :].lstrip("的")
    if _PAPERS.search(after) or not _binds(left, after, number, own, before, context):
        return []
    if number.unit == "张" and re.match("床位?的", after):
        return []
    subject, share, doubt = _whose(left, end, after, own, context, before)
    if (len(subject) < 2 and subject not in {"县", "市", "旗", "盟"}) or re.fullmatch(
        r"[\d%□、和]+", subject
    ):
        context.doubts.append(f"“{text[:40]}”没有找到所数的对象，没有读出数字")
        return []
    found = threshold(number, 0, len(text), subject, measure_text(left[end:] + after), "数量要求")
    found.share = share
    found.own = bool(subject) and subject == _object(after)
    found.doubts += [doubt] if doubt else []
    if number.spelled:
        found.doubts.append("数字用汉字写出")
    context.thing, context.listed = _object(after) or context.thing, number.unit
    return [found]


def _binds(left: str, after: str, number: Number, own: Front, before: list[Found], context: Context) -> bool:
    verb = re.search(words()["counting_verbs"], masked(left))
    listed = (left == "" and context.listed == number.unit) or (
        bool(before) and before[-1].unit == number.unit
    )
    acts = subject_end(after) and re.match(r"达到|建成|创建|通过|成为", after[subject_end(after) :])
    leads_on = context.subject and re.match(r"达到|建成", after)
    return bool(
        leads_on or verb or number.words or own.every or own.weak or listed or acts or "对" in own.skipped
    )


_ACTS = re.compile(r"达到|建成|创建|通过|成为|取得|获得|完成|开展|进行|实施|参加|接受")


def _object(after: str) -> str:
    """The noun counted: up to the verb that follows it."""
    end = subject_end(after)
    if end and _ACTS.match(after, end):
        return after[:end]
    match = re.match(r"(.+?)(?:开展|进行|实施|参加)(?!的)", masked(after))
    return after[: match.end(1)] if match and "的" not in after[match.end(1) :][:14] else after


def _whose(
    left: str, end: int, after: str, own: Front, context: Context, before: list[Found]
) -> tuple[str, Decimal | None, str]:
    """Subject, share and doubt of a count; a thing counted is its own subject when nobody else is named."""
    if (
        place := re.match(r"[^，]*?(?:等(?P<who>[^，等]{2,8}))?中(?=[^中]{0,6}$)", left)
        if "在" in own.skipped
        else None
    ):
        return (place["who"] or "") + _object(after), None, ""
    if re.match(words()["counting_verbs"], left) and not _object(after):
        return _programme(_named(left), context), None, ""
    if end:
        return cleaned(left[:end]).text, HUNDRED if own.every or own.weak else None, ""
    if re.match(r"每人|人均", own.every + left) and context.thing:
        return context.thing, HUNDRED, "“每人”指前一分句的人员"
    if not left and before:
        return (_object(after), None, "") if before[-1].own else (before[-1].subject, before[-1].share, "")
    if re.match(r"达到|建成", after) and context.subject:
        return context.subject, None, "主语取自前一分句"
    return _without_doer(left, after, own, context)


def _without_doer(left: str, after: str, own: Front, context: Context) -> tuple[str, Decimal | None, str]:
    thing = _object(after)
    makes = re.search(rf"(?:{words()['own_object_verbs']})[^，]{{0,8}}$", masked(left))
    if context.subject and (_inherits(left) or context.encouraged):
        return context.subject, HUNDRED if context.every else None, "主语取自前一分句"
    if thing and (makes or not context.subject or not left or own.skipped):
        return thing, None, ""
    if thing and context.subject:
        return context.subject, HUNDRED if context.every else None, "主语取自前一分句"
    return _programme(_named(left), context), None, ""


def _programme(name: str, context: Context) -> str:
    """线下活动 behind “…”健康巡讲: a branch of the programme named before it."""
    quoted = re.match(r"“[^”]+”", context.named)
    if not quoted or not re.match("线上|线下", name):
        context.named = name if name.startswith("“") else context.named
        return name
    kind = context.named[quoted.end() :]
    return quoted[0] + ("" if kind[-1:] == name[-1:] else kind) + name


def _inherits(left: str) -> bool:
    """Verbs whose doer is the facility before: 配备, 派驻, 掌握."""
    return bool(re.search(r"(?:配备|派驻|掌握|拥有|具有|配有)[^，]{0,6}$", left))


def _named(left: str) -> str:
    """开展基层卫生技术人员…培训(7000名): the noun in front of the number, without its verb."""
    bare = re.sub(rf"^(?:{alternatives('counting_verbs')})", "", left.strip("的"))
    end = subject_end(bare)
    return bare[:end] if end else bare
