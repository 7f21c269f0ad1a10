"""Fonts for what is drawn here (PDF, pictures): Chinese ones are asked for, and a missing sign is an error.

A box in place of a name is worse than no report: nobody who reads it can tell which name stood there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from xinglin.base.errors import XinglinError

if TYPE_CHECKING:
    import typst

SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "FangSong",
    "STFangsong",
    "SimSun",
    "STSong",
    "Songti SC",
)
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "STHeiti", "PingFang SC")
_INSTALL = (
    "请安装一种中文字体（Debian、Ubuntu：apt install fonts-noto-cjk；"
    "麒麟、统信一般自带；Windows、macOS 自带），再出报告"
)
_UNSHOWN = re.compile(r"the text `\"(.*)\"` could not be displayed", re.DOTALL)
_MOST_NAMED = 20  # so many missing signs are named; more of them mean a wrong font, not a rare name


class MissingFontError(XinglinError):
    """No Chinese font on this machine, or none that has a sign the report needs."""


@dataclass(frozen=True)
class Faces:
    """The fonts of this machine and the families chosen among them, preferred first."""

    fonts: typst.Fonts
    serif: tuple[str, ...]
    sans: tuple[str, ...]


@cache
def faces() -> Faces:
    """The Chinese families installed here; looked for once a process (about 0.3 s).

    Raises:
        MissingFontError: there is none.
    """
    import typst

    return choose(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False))


def choose(fonts: typst.Fonts) -> Faces:
    """The Chinese families among some fonts; where one kind is missing, the other stands in for it.

    Raises:
        MissingFontError: there is none.
    """
    known = set(fonts.families())
    serif = tuple(name for name in SERIF if name in known)
    sans = tuple(name for name in SANS if name in known)
    if not serif and not sans:
        raise MissingFontError(f"这台机器没有中文字体，画出的字会成方框。{_INSTALL}")
    return Faces(fonts, serif or sans, sans or serif)


def require_signs(text: str, found: Faces | None = None) -> None:
    """See that every sign of a text can be drawn with some font of this machine.

    Raises:
        MissingFontError: one cannot; all of them are named.
    """
    found = found or faces()
    signs = "".join(dict.fromkeys(text))
    missing: list[str] = []
    while len(missing) < _MOST_NAMED and (sign := _first_unshown(signs, found)):
        missing += sign
        signs = "".join(one for one in signs if one not in sign)
    if missing:
        raise unshown("".join(missing))


def unshown(signs: str) -> MissingFontError:
    """The error for signs no font has."""
    named = "、".join(f"“{sign}”（U+{ord(sign):04X}）" for sign in dict.fromkeys(signs))
    return MissingFontError(f"这台机器的字体里没有这些字：{named}。{_INSTALL}，或改用通行的写法")


def unshown_in(message: str) -> str:
    """The signs that an error of the typesetter names as missing from all fonts; empty for other errors."""
    found = _UNSHOWN.search(message)
    return found.group(1) if found else ""


def _first_unshown(signs: str, found: Faces) -> str:
    """Signs no font has, as far as the typesetter names them at once: PDF/A forbids any it cannot show."""
    import typst

    families = ", ".join(f'"{name}"' for name in found.sans)
    source = f"#set text(font: ({families},))\n#sys.inputs.signs"
    try:
        typst.compile(
            source.encode(),
            font_paths=found.fonts,
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-2b"],
            sys_inputs={"signs": " ".join(signs)},
            timestamp=0,
        )
    except typst.TypstError as error:
        named = unshown_in(error.message)
        if not named:
            raise
        return named
    return ""
