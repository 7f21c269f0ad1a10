"""Readings of Chinese names, for order and search that do not rest on the database.

Readings are those of everyday speech (pypinyin with its phrase table); the surname of a person is read as a
surname (单 shàn, 仇 qiú, 曾 zēng), of which pypinyin knows nothing. The surnames below follow 《现代汉语词典》 and
《中国姓氏大辞典》; where a family reads its name otherwise, only the order of a list is touched.

Example:
    >>> of_person("单雄信").plain
    'shanxiongxin'
    >>> of_name("连州市中医院").initials
    'lzszyy'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pypinyin import Style
from pypinyin.converter import DefaultConverter
from pypinyin.core import Pinyin

_TABLE = """
单 shan4; 仇 qiu2; 曾 zeng1; 解 xie4; 查 zha1; 任 ren2; 华 hua4; 朴 piao2; 区 ou1; 盖 ge3;
葛 ge3; 缪 miao4; 乐 yue4; 员 yun4; 洗 xian3; 覃 qin2; 翟 zhai2; 燕 yan1; 召 shao4; 折 she2;
种 chong2; 秘 bi4; 纪 ji3; 卜 bu3; 郇 xun2; 过 guo1; 那 na1; 佴 nai4; 祭 zhai4; 乜 nie4; 於 yu1;
句 gou1; 占 zhan1; 撒 sa3; 阚 kan4; 相 xiang4; 粘 nian2; 都 du1; 干 gan1; 哈 ha3; 薄 bo2;
少 shao4;
尉迟 yu4 chi2; 万俟 mo4 qi2; 单于 chan2 yu2; 长孙 zhang3 sun1; 令狐 ling2 hu2; 澹台 tan2 tai2;
亓官 qi2 guan1; 欧阳 ou1 yang2; 司马 si1 ma3; 上官 shang4 guan1; 诸葛 zhu1 ge3; 夏侯 xia4 hou2;
皇甫 huang2 fu3; 公孙 gong1 sun1; 慕容 mu4 rong2; 宇文 yu3 wen2; 司徒 si1 tu2; 司空 si1 kong1;
东方 dong1 fang1; 独孤 du2 gu1; 南宫 nan2 gong1; 西门 xi1 men2; 公冶 gong1 ye3; 轩辕 xuan1 yuan2;
钟离 zhong1 li2; 闻人 wen2 ren2; 淳于 chun2 yu2; 太史 tai4 shi3; 端木 duan1 mu4; 申屠 shen1 tu2;
呼延 hu1 yan2; 百里 bai3 li3; 东郭 dong1 guo1; 赫连 he4 lian2; 拓跋 tuo4 ba2; 鲜于 xian1 yu2
"""
SURNAMES = {
    name: reading for name, _, reading in (entry.strip().partition(" ") for entry in _TABLE.split(";"))
}
"""Surnames read otherwise than the word, and surnames of two characters (syllable with tone, one per character)."""

_NUMBER = re.compile(r"\d+")
_UNREAD = "zz5"
"""Stands for a character without a known reading: after all others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a name is read.

    Attributes:
        plain: syllables without tones, letters and digits, nothing else: lianzhoushizhongyiyuan.
        initials: first letter of each syllable; letters and digits as they are.
        sort_key: only a–z and 0–9, so that every collation puts it in the same order: by syllable, tone, character;
            numbers by value (第2 before 第10).
    """

    plain: str
    initials: str
    sort_key: str


def of_name(name: str) -> Reading:
    """How the name of a facility, a place or a thing is read."""
    return _reading(_syllables(name))


def of_person(name: str) -> Reading:
    """How the name of a person is read: the surname as a surname."""
    surname, given = split_surname(name)
    return _reading([*_surname_syllables(surname), *_syllables(given)])


def split_surname(name: str) -> tuple[str, str]:
    """Surname and the rest; two-character surnames are known, a name without Chinese characters has no rest.

    Names with a dot (阿依古丽·买买提) begin with the given name: all before the dot counts as the first part.
    """
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    if "·" in plain:
        first, _, rest = plain.partition("·")
        return first, rest
    if not plain or not _chinese(plain[0]):
        return plain, ""
    size = 2 if plain[:2] in SURNAMES and len(plain) > 2 else 1
    return plain[:size], plain[size:]


def _surname_syllables(surname: str) -> list[tuple[str, str]]:
    known = SURNAMES.get(surname)
    return list(zip(known.split(), surname, strict=True)) if known else _syllables(surname)


def _syllables(text: str) -> list[tuple[str, str]]:
    """Pairs of syllable with tone and its character; what is not Chinese as runs of letters or digits."""
    plain = unicodedata.normalize("NFKC", text)
    read = _PINYIN.lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True, errors=_apart)
    found: list[tuple[str, str]] = []
    for syllable, sign in zip(read, plain, strict=True):
        letter = sign.lower()
        if _chinese(sign):
            found.append((_toned(syllable) if syllable != sign else _UNREAD, sign))
        elif not (letter.isascii() and letter.isalnum()):
            continue
        elif found and not found[-1][1] and found[-1][0].isdigit() == letter.isdigit():
            found[-1] = (found[-1][0] + letter, "")
        else:
            found.append((letter, ""))
    return found


def _toned(syllable: str) -> str:
    """With a tone: pypinyin leaves the neutral one without its five (星子镇 xing1 zi zhen4)."""
    return syllable if syllable[-1].isdigit() else f"{syllable}5"


def _reading(pairs: list[tuple[str, str]]) -> Reading:
    parts = [_part(syllable, sign) for syllable, sign in pairs]
    return Reading(*map("".join, zip(*parts, strict=True))) if parts else Reading("", "", "")


@lru_cache(maxsize=50_000)
def _part(syllable: str, sign: str) -> tuple[str, str, str]:
    """What one character, or one run of letters or digits, gives to each field of a reading.

    In the key: syllable, tone and the character's number in five digits; numbers padded so that they sort by value.
    """
    if sign:
        return syllable[:-1], syllable[0], f"{syllable}{ord(sign):05x}"
    return syllable, syllable, _NUMBER.sub(lambda found: found.group().zfill(8), syllable)


def _apart(signs: str) -> str:
    """What has no reading, one entry per character; pypinyin takes a list although it is typed otherwise."""
    return list(signs)  # type: ignore[return-value]


@lru_cache(maxsize=50_000)
def _chinese(sign: str) -> bool:
    return "CJK" in unicodedata.name(sign, "") and unicodedata.category(sign) == "Lo"


class _Remembering(DefaultConverter):
    """Readings of words already met: words are read one by one, and names of a county are made of few."""

    @lru_cache(maxsize=50_000)  # noqa: B019 - there is one, for as long as the program runs
    def convert(self, words: str, *more: Any, **named: Any) -> Any:
        """The readings of one word; the list is not to be changed."""
        return super().convert(words, *more, **named)


_PINYIN = Pinyin(_Remembering())
