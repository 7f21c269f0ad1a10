"""What a document says of itself: title, number, issuers, date, addressees, place, level, period."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from xinglin.base.places import NATION, Divisions, Level, load_divisions
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader.dates import PLAN_ENDS
from xinglin.policy.reader.model import ReadDocument
from xinglin.policy.reader.structure import Outline

_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,16}[〔\[（【](20\d\d)[〕\]）】]第?\d{1,4}号")
_DAY = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_ISSUER = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:人民政府办公室|人民政府办公厅|人民政府|委员会|管理局|办公室|局|厅|委)"
)
_TITLE_END = r"(?:方案|计划|规划|纲要|意见|办法|要点|细则|规定|措施|指标|标准)(?:（[^）]*）)?”?$"
_ANNOUNCED = re.compile(r"印发《(?P<title>[^》]+)》|印发(?P<bare>[^《》]{6,60}?)的通知")
_LEVELS = {
    Level.NATION: DocumentLevel.NATIONAL,
    Level.PROVINCE: DocumentLevel.PROVINCIAL,
    Level.PREFECTURE: DocumentLevel.PREFECTURE,
    Level.COUNTY: DocumentLevel.COUNTY,
}
_OWN_WORDS = (
    ("全省|我省|自治区级|全自治区", DocumentLevel.PROVINCIAL),
    ("我县|全县|我区|本区|区政府|县政府", DocumentLevel.COUNTY),
    ("我市|全市|市政府", DocumentLevel.PREFECTURE),
)


def described(outline: Outline) -> ReadDocument:
    """Everything the lines in front of the plan, its closing lines and its annex titles tell."""
    front = [line.text.chars for line in outline.front]
    body = [text.chars for node in outline.root.walk() for text in node.texts]
    title, doubts = _title(front, body)
    number = next((match[0] for line in front + body[-3:] if (match := _NUMBER.match(line))), None)
    issuers = _issuers(front)
    region, code, level = _region(title, issuers, number, outline)
    if region and doubts and title and region not in title and "可能不全" in doubts[0]:
        title = region + title
    if region is None and (found := _province_named(body)):
        region, code, level = found
        doubts.append(f"地区“{region}”取自正文中最常见的省级名称，请核对")
    if level is None:
        level = _level_by_words("".join(body))
        doubts.append("没有认出地区" + ("，级别按行文用语估计" if level else "和级别"))
    return ReadDocument(
        title, number, issuers, _issued(front, [*body, *outline.closing]), _addressees(front), region, code, level,
        _period_end(title, body), tuple(doubts),
    )  # fmt: skip


def _title(front: list[str], body: list[str]) -> tuple[str, list[str]]:
    """The plan's own title line; else the one a notice announces; a cut title is completed from the text."""
    lines = [
        line
        for line in front
        if len(line) <= 60 and re.search(_TITLE_END, line) and not re.match("附件.", line)
    ]
    lines = [line for line in lines if "印发" not in line]
    announced = next((match for line in front if (match := _ANNOUNCED.search(line))), None)
    title = lines[-1] if lines else ""
    if not title and announced:
        title = announced["title"] or announced["bare"]
    if not title:
        return "", ["没有找到题名"]
    if len(title) < 12 or title.startswith("“"):
        whole = _completed(title, body)
        return whole, [f"题名印作“{title}”，可能不全" + ("，据正文补足" if whole != title else "")]
    return title, []


def _completed(title: str, body: list[str]) -> str:
    plain = re.escape(title)
    found = [match[1] for text in body for match in re.finditer(rf"([\u4e00-\u9fff]{{4,24}}{plain})", text)]
    found = [
        re.sub(r".*?(?:持续推进|实施|推进|根据|按照|国家和|和)(?=[\u4e00-\u9fff]{4})", "", name)
        for name in found
    ]
    return max(found, key=lambda name: (found.count(name), -len(name)), default=title)


def _issuers(front: list[str]) -> tuple[str, ...]:
    """The first run of lines that hold names of issuers and nothing else."""
    found: list[str] = []
    for line in front:
        bare = line.removesuffix("文件")
        names = [] if re.search("印发|：|，", line) else _ISSUER.findall(bare)
        if names and "".join(names) == bare:
            found += names
        elif found:
            break
    return tuple(dict.fromkeys(found))


def _issued(front: list[str], body: list[str]) -> date | None:
    for line in [*front, *body[-4:]]:
        if len(line) < 24 and (match := _DAY.search(line)):
            year, month, day = (int(part) for part in match.groups())
            if 1 <= month <= 12 and 1 <= day <= 31:
                return date(year, month, min(day, 28)) if day > 28 and month == 2 else date(year, month, day)
    return None


def _addressees(front: list[str]) -> tuple[str, ...]:
    for line in front:
        if re.match(r"[^。]{4,200}：$", line) and not line.startswith("附件"):
            return tuple(part for part in re.split(r"[，、；]", line.rstrip("：")) if part)
    return ()


def _region(
    title: str, issuers: tuple[str, ...], number: str | None, outline: Outline
) -> tuple[str | None, str | None, DocumentLevel | None]:
    annexes = [
        "".join(text.chars for text in node.texts) for node in outline.root.walk() if node.kind == "annex"
    ]
    for text in (title, *issuers, *annexes, number or ""):
        if found := _place_in(text):
            return found
    return None, None, None


_PLACE_END = re.compile(r"自治区|自治州|自治县|省|市|县|区|旗|州|盟")


def _place_in(text: str) -> tuple[str, str, DocumentLevel] | None:
    """The first name of a division in a text, the longest one at its place."""
    for end in _PLACE_END.finditer(text):
        if _PLACE_END.match(text, end.end()):
            continue
        for start in range(max(0, end.end() - 10), end.end() - 1):
            name = text[start : end.end()]
            if not re.fullmatch(r"[\u4e00-\u9fff]{2,10}", name):
                continue
            places = [place for place in _divisions().find(name) if place.level in _LEVELS]
            if places:
                code = places[0].code if len(places) == 1 else None
                return name, code.ljust(6, "0") if code else "", _LEVELS[places[0].level]
    return None


def _province_named(body: list[str]) -> tuple[str, str, DocumentLevel] | None:
    """The province the text names most often (健康内蒙古, 内蒙古自治区), at least twice."""
    text = "".join(body)
    counts = {place: text.count(place.name[:2]) for place in _divisions().children(NATION.code)}
    best = max(counts, key=lambda place: counts[place])
    return (best.name, best.code.ljust(6, "0"), DocumentLevel.PROVINCIAL) if counts[best] >= 2 else None


@cache
def _divisions() -> Divisions:
    return load_divisions(depth=Level.COUNTY)


def _level_by_words(text: str) -> DocumentLevel | None:
    counts = {level: len(re.findall(pattern, text)) for pattern, level in _OWN_WORDS}
    best = max(counts, key=lambda level: counts[level])
    return best if counts[best] else None


def _period_end(title: str, body: list[str]) -> date | None:
    """The end of the five-year plan in the title, else the last year the text aims at."""
    head = title + "".join(body)[:1500]
    span = re.search(r"20\d\d(?:年)?[-—~至](20\d\d)年?", title)
    if span:
        return date(int(span[1]), 12, 31)
    plan = re.search(r"十[三四五六]五(?=”?(?:规划|行动|发展|计划|期间|时期))", title)
    if plan and plan[0] in PLAN_ENDS:
        return date(PLAN_ENDS[plan[0]], 12, 31)
    years = [int(year) for text in body for year in re.findall(r"(?:到|至|截至)(20\d\d)年", text)]
    years += [int(year) for text in body for year in re.findall(r"[-—~至](20\d\d)年\d{1,2}月）", text)]
    if years:
        return date(max(years), 12, 31)
    return date(2025, 12, 31) if "“十四五”" in head else None
