"""Whom a statement binds: the run of facilities, people or places at its front."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from xinglin.policy.reader.sentences import coordinated, masked
from xinglin.policy.reader.words import alternatives, any_of, words


@cache
def _heads() -> re.Pattern[str]:
    """Head nouns with a bracket behind them; a doctor is none where doctors are what is counted."""
    plain = "|".join(alternatives(f"heads.{kind}") for kind in ("facilities", "teams", "people", "areas"))
    doctors = alternatives("heads.doctors")
    return re.compile(
        rf"(?:{plain}|(?:{doctors})(?!占|总|数|比|中|人数|配备))(?:（[^）]*）)?(?!数|总数|人次|占)"
    )


@cache
def _stops() -> re.Pattern[str]:
    return re.compile(alternatives("stops"))


# Between two heads of one subject may stand: 牵头的, 设置的, 以及有条件的; no other verb and no other 的.
_RELATIVE = re.compile(
    r"的|[^的，]{0,8}(?:牵头|举办|设置|设立|开设|管理|主办)(?:组建|建设)?的[^的，]{0,12}"
    r"|(?:、|和|及|以及|或)(?:有|具备|符合)[^的，]{0,4}条件的[^的，]{0,8}"
)


_LISTED = re.compile(r"、|和|与|及|以及|或|的|（")


@cache
def _people() -> re.Pattern[str]:
    """People at the end of a subject: what follows them without a list mark is something of theirs."""
    return re.compile(r"(?:居民|群众|公民|老年人|儿童|孕产妇|妇女|患者|公众)(?:（[^）]*）)?$")


def _close(gap: str) -> bool:
    """Whether only a list mark or modifiers stand between two heads."""
    bare = re.sub(r"^(?:、|和|与|及|以及|或)", "", gap)
    return bool(_RELATIVE.fullmatch(gap)) or ("的" not in gap and not _stops().search(bare))


def subject_end(text: str) -> int:
    """Where the subject at the front of a text ends; 0 when it begins with none.

    Heads are taken as long as only modifiers stand between them; a verb or preposition ends the subject unless a
    的 behind it leads on to the head (``完成…建设的中医馆``).
    """
    plain = masked(text)
    end = 0
    for head in _heads().finditer(plain):
        gap = plain[end : head.start()]
        stop = _stops().search(gap)
        if end and (not _close(gap) or (_people().search(plain[:end]) and not _LISTED.match(gap))):
            break
        if not end and stop and "的" not in gap[stop.start() :]:
            continue
        end = head.end()
    return end


def has_head(text: str) -> bool:
    """Whether any head noun stands in a text."""
    return bool(_heads().search(masked(text)))


@dataclass(frozen=True, slots=True)
class Front:
    """What stands in front of a statement: where its subject begins, and the words skipped on the way."""

    start: int
    every: str = ""
    weak: str = ""
    skipped: str = ""


@cache
def _front() -> re.Pattern[str]:
    leads, scope = alternatives("leads"), words()["scope"]
    return re.compile(rf"(?:{leads}|{scope})")


@cache
def _every() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<strong>{words()['every_strong']})的?(?!员)|(?P<weak>{words()['every_weak']})(?!项|类|种|界|方)"
    )


def front(text: str, start: int = 0) -> Front:
    """Skip 力争, 基本实现, 全省, 所有, 每个 … at the front of a statement."""
    at, every, weak = start, "", ""
    while at < len(text):
        if match := _every().match(text, at):
            every, weak = every or match["strong"] or "", weak or match["weak"] or ""
        else:
            match = _front().match(text, at)
        if not match or match.end() == at:
            break
        at = match.end()
    return Front(at, every, weak, text[start:at])


_GRADED = re.compile(r"[一二三四五]级(?:标准)?(?=(?:中|国|蒙)?医?馆)")
_CLAUSE_LEAD = re.compile(r"(?:已建成|新建成|建成)的")


@dataclass(frozen=True, slots=True)
class Subject:
    """A cleaned subject, and what was cut from its front because it says what must be done."""

    text: str
    achievement: str = ""


@cache
def _achieved() -> re.Pattern[str]:
    return re.compile(rf"(?:按[^的]{{0,12}})?(?:{words()['achievements']})[^，]*?的(?=[^的]*$)")


def cleaned(text: str) -> Subject:
    """A subject without scope words, without ``已建成的`` and without a relative clause of achievement."""
    text = text.strip("、和及的")
    match = _CLAUSE_LEAD.match(text)
    if match:
        text = text[match.end() :]
    achieved = _achieved().match(text)
    if achieved and has_head(text[achieved.end() :]):
        return Subject(text[achieved.end() :], achieved[0][:-1])
    scope = re.compile(f"(?:{words()['scope']})(?:各)?").match(text)
    if scope and scope.end() < len(text):
        text = text[scope.end() :]
    return Subject(text)


def members(subject: str) -> list[str]:
    """A、B和C as three; an area in front of the first goes with all (各县老年人和儿童)."""
    found = coordinated(subject)
    area = re.match(r"各?(?:旗县|县|市|盟市)（[^）]*）(?=.)", subject)
    if area and len(found) > 1 and len(found[0]) > area.end():
        found = [found[0], *(area[0] + member for member in found[1:])]
    return found


def ungraded(subject: str) -> str:
    """``…卫生院三级中医馆`` as ``…卫生院中医馆``: the grade belongs to the measure."""
    return _GRADED.sub("", subject)


def is_graded(text: str) -> bool:
    """Whether a part begins with a bare grade: 四级中医馆…, 五级标准…."""
    return bool(re.match(r"[一二三四五]级(?:标准|(?:中|国|蒙)?医?馆)", text))


def apart(subject: str) -> list[str]:
    """Kinds that the indicators count apart though one sentence names both (服务站、村卫生室)."""
    kinds = words()["counted_apart"]
    found = coordinated(subject)
    return (
        found
        if len(found) == len(kinds) and all(kind in one for kind, one in zip(kinds, found, strict=True))
        else [subject]
    )


def grassroots(text: str) -> bool:
    """Whether a text names all four kinds of grassroots facility."""
    return all(kind in text for kind in words()["grassroots"])


def stands_before(text: str, verb_list: str) -> bool:
    """Whether a text ends in one of the verbs of a list."""
    return bool(re.search(rf"(?:{any_of(verb_list).pattern})$", text))
