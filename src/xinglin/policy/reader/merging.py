"""Repeats of one target in several clauses become one entry with several quotations."""

from __future__ import annotations

import re

from xinglin.policy.reader.entries import Statement
from xinglin.policy.reader.found import HUNDRED, Found
from xinglin.policy.reader.model import PastValue

_WORDING = re.compile(
    r"能够|按照|中医药技术(?:操作)?规范|完成|适宜|按操作规范|规范(?!化)|熟练|开展|提供|的|均|能|以上|达到?|“?蒙医[阁馆]”|“|”|《|》|符合标准|覆盖率|全覆盖|比例|应|"
    r"标准|数量|建有|设置|设立|设有|独立|上述|全省|基层(?=中医馆)|、|，"
)


def merged(statements: list[Statement]) -> list[list[Statement]]:
    """Groups of statements that set the same target, in order of first appearance."""
    groups: list[list[Statement]] = []
    near: dict[tuple[object, ...], list[list[Statement]]] = {}
    for one in statements:
        beside = near.setdefault((*_threshold(one.found), one.level), [])
        home = next((group for group in beside if _same(group, one)), None)
        if home is None:
            groups.append([one])
            beside.append(groups[-1])
        else:
            home.append(one)
    return groups


def _same(group: list[Statement], one: Statement) -> bool:
    return _alike(group[0], one) and _dates_agree(group, one)


def _alike(left: Statement, right: Statement) -> bool:
    a, b = left.found, right.found
    if a.share != b.share or plain_subject(a.subject) != plain_subject(b.subject):
        return _restated(left, right)
    return measures_alike(a.measure, b.measure)


def _threshold(found: Found) -> tuple[object, ...]:
    return found.comparator, found.value, found.upper, found.unit, found.second


_SECTION = re.compile(r"^(.*?(?:（[^）]*）|\([^)]*\)))")


def _restated(left: Statement, right: Statement) -> bool:
    """A box says again what an item of its own section says: 每个县级中医医院 for 县级政府办中医医院."""
    a, b = left.found, right.found
    sections = [_SECTION.match(one.quotation.place.path) for one in (left, right)]
    boxes = ["专栏" in one.quotation.place.path for one in (left, right)]
    if not all(sections) or sections[0][1] != sections[1][1] or boxes[0] == boxes[1]:  # type: ignore[index]
        return False
    shares = {a.share, b.share} in ({None, HUNDRED}, {a.share})
    return (
        shares
        and _within(plain_subject(a.subject), plain_subject(b.subject))
        and measures_alike(a.measure, b.measure)
    )


_OWNED = re.compile("政府(?:举)?办的?|建制")


def _within(left: str, right: str) -> bool:
    """Whether two subjects differ only by 政府办 or 建制."""
    return _OWNED.sub("", left) == _OWNED.sub("", right)


_AREA = re.compile(r"^基层(?=中医馆)|^各(?:旗?县|市|盟市)（[^）]*）(?=.)")


def plain_subject(subject: str) -> str:
    """A subject without marks and linking words, for comparison."""
    return re.sub(r"[、，“”《》（）\s]|和|及|以及|与|的(?=中医馆)", "", _AREA.sub("", subject))


def measures_alike(left: str, right: str) -> bool:
    """Whether two measures differ by wording only."""
    a, b = (_WORDING.sub("", re.sub(r"（[^）]*）", "", text)) for text in (left, right))
    return (
        a == b
        or ((a in b or b in a) and min(len(a), len(b)) * 10 >= max(len(a), len(b)) * 7)
        or _overlap(a, b) >= 0.75
    )


def _overlap(left: str, right: str) -> float:
    """Share of common pairs of letters."""
    a = {left[i : i + 2] for i in range(len(left) - 1)} or {left}
    b = {right[i : i + 2] for i in range(len(right) - 1)} or {right}
    return 2 * len(a & b) / (len(a) + len(b))


def _dates_agree(group: list[Statement], one: Statement) -> bool:
    days = {item.deadline.day for item in group if item.deadline}
    return one.deadline is None or not days or one.deadline.day in days


def earlier_value(group: list[Statement], past: list[Statement], start_year: int | None) -> PastValue | None:
    """The value of the same measure that the retrospect gives for the same subject, else None."""
    now = group[0]
    for one in past:
        year = one.deadline.day.year if one.deadline else (start_year or 0) - 1
        if year > 0 and one.found.value is not None and _same_measure(one, now):
            return PastValue(one.found.value, year)
    return None


def _same_measure(past: Statement, now: Statement) -> bool:
    a, b = past.found, now.found
    if a.unit != b.unit or a.share is not None or past.level is not now.level:
        return False
    return _one_kind(a.subject, b.subject) and measures_alike(a.measure.replace("服务率", "率"), b.measure)


def _one_kind(past: str, now: str) -> bool:
    """The same subject, or the same people with their age printed (65岁以上老年人)."""
    a, b = plain_subject(past), plain_subject(now)
    return a == b or bool(re.fullmatch(r"\d[^，]*" + re.escape(b), a))
