"""Numbers that Word counts by itself, as it prints them: 一、 （一） 1. ①."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from xinglin.policy.reader.formats.word.names import value_of, w

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%(\d)")
_LEVELS = 9


@dataclass(frozen=True)
class Level:
    """One level of a list: how its number is written (``text`` with %1 … %9 for the numbers above it and its own)."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    arabic: bool = False
    restart: int | None = None
    style: str = ""


@dataclass
class Numbering:
    """All lists of a document, and how far each has been counted."""

    lists: Mapping[str, tuple[str, Mapping[int, Level]]] = field(default_factory=dict)
    fresh: dict[str, dict[int, int]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(
        default_factory=lambda: defaultdict(lambda: [None] * _LEVELS)
    )

    def next(self, number_id: str, level: int) -> str:
        """The printed number of the next paragraph of a list; empty for no list and for bullets other than dashes."""
        if number_id not in self.lists or not 0 <= level < _LEVELS:
            return ""
        abstract, levels = self.lists[number_id]
        counts = self._counts[abstract]
        for at, start in self.fresh.pop(number_id, {}).items():
            counts[at] = start - 1
        own = levels.get(level, Level())
        counts[level] = own.start if counts[level] is None else (counts[level] or 0) + 1
        for lower in range(level + 1, _LEVELS):
            restart = levels.get(lower, Level()).restart
            if restart != 0 and (restart is None or level < restart):
                counts[lower] = None
        return self._printed(own, levels, counts)

    def _printed(self, own: Level, levels: Mapping[int, Level], counts: list[int | None]) -> str:
        if own.form in ("bullet", "none"):
            return own.text if own.text.strip("—–－-") == "" else ""

        def number(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            level = levels.get(at, Level())
            count = counts[at]
            form = "decimal" if own.arabic else level.form
            return written(level.start if count is None else count, form)

        return _PLACE.sub(number, own.text)

    def of_style(self, style: str, number_id: str) -> int:
        """The level of a list that a paragraph style stands for."""
        levels = self.lists.get(number_id, ("", {}))[1]
        return next((at for at, level in levels.items() if level.style == style), 0)


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists that a numbering part declares."""
    if root is None:
        return Numbering()
    abstracts = {str(one.get(w("abstractNumId"))): _levels(one) for one in root.iter(w("abstractNum"))}
    lists: dict[str, tuple[str, Mapping[int, Level]]] = {}
    fresh: dict[str, dict[int, int]] = {}
    for number in root.iter(w("num")):
        name, abstract = str(number.get(w("numId"))), value_of(number, "abstractNumId")
        levels = dict(abstracts.get(abstract, {}))
        for override in number.iter(w("lvlOverride")):
            at = _integer(override.get(w("ilvl")), 0)
            own = override.find(w("lvl"))
            if own is not None:
                levels[at] = _level(own)
            start = value_of(override, "startOverride")
            if start:
                fresh.setdefault(name, {})[at] = _integer(start, 1)
                levels[at] = replace(levels.get(at, Level()), start=_integer(start, 1))
        lists[name] = (abstract, levels)
    return Numbering(lists, fresh)


def _levels(abstract: etree._Element) -> dict[int, Level]:
    return {_integer(level.get(w("ilvl")), 0): _level(level) for level in abstract.iter(w("lvl"))}


def _level(element: etree._Element) -> Level:
    restart = value_of(element, "lvlRestart")
    legal = element.find(w("isLgl"))
    return Level(
        value_of(element, "numFmt") or "decimal",
        value_of(element, "lvlText"),
        _integer(value_of(element, "start"), 1),
        legal is not None and legal.get(w("val"), "1") not in ("0", "false"),
        _integer(restart, 0) if restart else None,
        value_of(element, "pStyle"),
    )


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else otherwise


def written(number: int, form: str) -> str:
    """A number in one of Word's forms; plain digits for forms that Chinese documents do not use."""
    return _FORMS.get(form, str)(number)


def chinese(number: int) -> str:
    """一, 十, 十一, 一百零二: up to 9999, digits beyond."""
    if not 0 < number < 10_000:
        return _DIGITS[0] if number == 0 else str(number)
    said, gap = "", False
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return said[1:] if said.startswith("一十") else said


def _legal(number: int) -> str:
    plain = chinese(number)
    plain = f"一{plain}" if plain.startswith("十") else plain
    exchanged = str.maketrans("〇一二三四五六七八九十百千", f"{_LEGAL}拾佰仟")
    return plain.translate(exchanged)


def _roman(number: int) -> str:
    said = ""
    for size, name in _ROMAN:
        times, number = divmod(number, size)
        said += name * min(times, 40)
    return said


def _letter(number: int) -> str:
    """a … z, then aa, bb, as Word goes on."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number < 1000 else str(number)


def _among(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


def _from(first: str, last: int) -> Callable[[int], str]:
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= last else str(number)


def _circled(number: int) -> str:
    """① … ⑳, ㉑ … ㉟, ㊱ … ㊿, which lie in three places."""
    for first, before, last in ((0x2460, 0, 20), (0x3251, 20, 35), (0x32B1, 35, 50)):
        if before < number <= last:
            return chr(first + number - before - 1)
    return str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(abs(number))),
    "taiwaneseDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(abs(number))),
    "ideographTraditional": _among(_STEMS),
    "ideographZodiac": _among(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
}
