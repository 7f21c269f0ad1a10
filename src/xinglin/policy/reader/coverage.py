"""Coverage: supervision that covers areas, and 全覆盖."""

from __future__ import annotations

import re

from xinglin.policy.reader.found import Context, Found, everyone, share_of
from xinglin.policy.reader.numbers import numbers
from xinglin.policy.reader.sentences import masked
from xinglin.policy.reader.subjects import cleaned, front, has_head, subject_end
from xinglin.policy.reader.words import alternatives, words

_COVERS = re.compile(r"(?P<who>[^，]{2,30}?)(?:应|要|须|将)?覆盖(?P<whom>.+)")
_ALL = re.compile(r"(?:辖区内|辖区|区域内|全[省市县区])?(?:的)?(?P<all>所有的|所有|全部的|全部)(?P<noun>.+)")


def supervision(body: str, context: Context) -> list[Found] | None:
    """省级督查覆盖13个设区市和60%的县（市、区）: one threshold for each object."""
    match = _COVERS.fullmatch(body)
    own = front(body)
    if not match or match["whom"].startswith("率") or "人口" in match["whom"][:3]:
        return None
    subject = cleaned(match["who"][own.start :] if own.start < len(match["who"]) else match["who"]).text
    found = [found for piece in _objects(match["whom"]) for found in _object(piece, subject, len(body))]
    if found:
        context.subject = subject
    return found or None


def _objects(text: str) -> list[str]:
    """Objects parted where a new quantity begins; the brackets of 县（市、区） stay whole."""
    cuts = [0]
    for match in re.finditer(r"(?:、|和|及|以及)(?=\d|所有|全部|辖区)", masked(text)):
        cuts.append(match.start())
    return [text[a:b].lstrip("、和以及") for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def _object(text: str, subject: str, end: int) -> list[Found]:
    if match := _ALL.match(text):
        return [everyone(0, end, subject, f"覆盖{match['noun']}的比例", match["all"])]
    number = next((number for number in numbers(masked(text)) if number.since == 0), None)
    if number is None:
        return []
    noun = text[number.until :].lstrip("的")
    if not has_head(noun):
        return []
    reason = "“覆盖”后写明数量" if not number.is_percent else "“覆盖”后写明比例"
    return [share_of(number, 0, end, subject, f"覆盖{noun}{'的比例' if number.is_percent else '数'}", reason)]


_WHOLE = re.compile(r"(?:100%的?)?(?P<what>.*?)(?:的)?(?:设置|建设)?(?:基本|全面|逐步)?(?:实现|达到)?全覆盖")
_AREA_LAST = re.compile(r"(?P<what>.+?)(?P<area>县域|县级区域|旗县|乡镇|设区市|盟市|市县|镇村)$")
COUNTY_OWN = re.compile(r"(?P<county>旗?县)(?:级|办|域)[^，]*?机构(?:（[^）]*）)?$")
_THINGS = "中医馆|国医馆|蒙医馆|中医阁|平台|基地|中心|工作室|科室"


def covers_all(body: str, context: Context) -> list[Found] | None:
    """X全覆盖, X县域全覆盖, …达到全覆盖; an umbrella like 服务全覆盖 gives nothing."""
    match = _WHOLE.match(masked(body))
    if not match:
        return None
    what = body[max(front(body).start, match.start("what")) : match.end("what")].strip("的")
    if (whom := re.search("(?P<thing>.+)对(?P<who>[^，]+)$", what)) and has_head(whom["who"]):
        return [everyone(0, len(body), whom["who"], f"{whom['thing']}覆盖", "全覆盖")]
    if not what:
        return _of_part_before(body, context)
    if re.search(rf"(?:{words()['umbrella']})$", masked(what)) and not re.search("在.+中$", what):
        inner = re.search(r"在(.+?)(?:服务|工作)?中$", what)
        return [] if not inner else [everyone(0, len(body), inner[1], what, "全覆盖")]
    if inner := re.search(r"在(.+?)(?:服务|工作)?中$", what):
        return [everyone(0, len(body), inner[1], what, "全覆盖")]
    if county := COUNTY_OWN.search(what):
        whose = "县（市、区）" if county["county"] == "县" else "旗县"
        found = everyone(0, len(body), whose, f"设有{what}", "全覆盖")
        found.doubts.append("原文没有写出被覆盖的地方，按县级机构覆盖到县读")
        return [found]
    if (area := _AREA_LAST.match(what)) and not has_head(area["what"][-3:]):
        return [everyone(0, len(body), area["area"], f"设有{area['what']}", "全覆盖")]
    return _of_things(body, what)


def _of_part_before(body: str, context: Context) -> list[Found]:
    if not context.subject:
        return []
    found = everyone(0, len(body), context.subject, context.doing or "全覆盖", "全覆盖")
    found.doubts.append("主语取自前一分句")
    return [found]


_THING = re.compile(rf"(?:[一二三四五]级|等级|标准化?|旗舰)*(?:{_THINGS})(?:（[^）]*）)?$")


def without_thing(what: str) -> tuple[str, str]:
    """社区卫生服务中心和乡镇卫生院中医馆 as the facilities and the thing they have; no thing when nobody has it."""
    thing = _THING.search(masked(what))
    holder = subject_end(what[: thing.start()]) if thing else 0
    return (what[:holder], what[holder:]) if thing and holder else (what, "")


def _of_things(body: str, what: str) -> list[Found]:
    """…中医馆全覆盖: the thing is what is had, the facilities before it have it."""
    holder, thing = without_thing(what)
    if thing:
        return [everyone(0, len(body), cleaned(holder).text, f"设有{thing}", "全覆盖")]
    if re.search(rf"(?:{alternatives('heads.facilities')})(?:（[^）]*）)?$", masked(what)):
        return [everyone(0, len(body), cleaned(what).text, "全覆盖", "全覆盖")]
    return []
