"""The form of a visit, ready for its template: what was typed, what is wrong, how many lines there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xinglin.apps.clinic import exam, typed
from xinglin.apps.clinic.adjusting import name_of
from xinglin.apps.clinic.chart import TEXTS, VITALS, Herb
from xinglin.knowledge import diseases, formulas, syndromes, techniques

FIRST_ROWS, MORE_ROWS = 8, 2
USUAL = 15
"""Words to tick that are shown at once; the others are folded away."""
OPEN_TEXTS = ("complaint", "present")
EXAMINED = ("inspection", "listening", "inquiry", "palpation")
HISTORY = ("past", "personal", "marital", "family", "physical", "tests")
UNITS = ("盒", "瓶", "支", "袋", "贴")


_LINE = '<input type="text" id="f_{}" name="{}" value="{}">'
_NUMBER = '<input type="text" id="f_{}" name="{}" value="{}" inputmode="decimal" size="6">'
_AREA = '<textarea id="f_{}" name="{}" rows="2"{}>{}</textarea>'
_HELD = '<div class="field{}"><label for="f_{}">{}{}</label>{}{}</div>'
_WORD = '<label><input type="checkbox" name="{}" value="{}"{}>{}</label>'


@dataclass(frozen=True)
class Field:
    """A field of the form of a visit: what was typed, what is wrong.

    It puts itself into HTML: a page has fifty of them, and a template for each took a tenth of its time.
    """

    name: str
    label: str
    value: str
    errors: tuple[str, ...] = ()
    words: str = ""
    hint: str = ""

    @property
    def line(self) -> SafeString:
        """A line of text with its label."""
        return self._held(format_html(_LINE, self.name, self.name, self.value))

    @property
    def number(self) -> SafeString:
        """A number with its label."""
        return self._held(format_html(_NUMBER, self.name, self.name, self.value))

    @property
    def area(self) -> SafeString:
        """Some lines of text with their label."""
        return self._held(format_html(_AREA, self.name, self.name, "", self.value))

    @property
    def first_area(self) -> SafeString:
        """The same, where the cursor stands when the page opens."""
        return self._held(format_html(_AREA, self.name, self.name, SafeString(" autofocus"), self.value))

    def _held(self, inside: SafeString) -> SafeString:
        hint = format_html(" <small>{}</small>", self.hint) if self.hint else ""
        told = format_html_join("", '<p class="errors">✕ {}</p>', ((one,) for one in self.errors))
        return format_html(_HELD, " bad" if self.errors else "", self.name, self.label, hint, told, inside)


@dataclass(frozen=True)
class Ticks:
    """Words to tick, in HTML: the usual ones, and those that are folded away unless one of them is ticked."""

    label: str
    usual: SafeString
    rare: SafeString
    open: bool


@cache
def _word(name: str, id: str, word: str, on: bool) -> SafeString:
    """A box to tick."""
    return format_html(_WORD, name, id, SafeString(" checked") if on else "", word)


class FormPage:
    """The form of a visit, ready for its template."""

    def __init__(self, raw: Mapping[str, Any], faults: Mapping[str, list[str]] | None = None) -> None:
        self.raw, self.faults = raw, dict(faults or {})

    def field(self, name: str, label: str, words: str = "", hint: str = "") -> Field:
        """One field."""
        value = self.raw.get(name, "")
        errors = tuple(self.faults.get(name, ()))
        return Field(name, label, value if isinstance(value, str) else "", errors, words, hint)

    def _texts(self, names: Iterable[str]) -> list[Field]:
        return [self.field(name, TEXTS[name][0]) for name in names]

    @cached_property
    def effect(self) -> Field:
        """What became of the last treatment."""
        return self._texts(["effect"])[0]

    @property
    def opening(self) -> list[Field]:
        """Complaint and present illness."""
        return self._texts(OPEN_TEXTS)

    @property
    def examined(self) -> list[Field]:
        """The four examinations as text."""
        return self._texts(EXAMINED)

    @property
    def history(self) -> list[Field]:
        """What is asked once and looked at."""
        return self._texts(HISTORY)

    @property
    def history_filled(self) -> list[str]:
        """Labels of those that something was typed in."""
        return [TEXTS[name][0] for name in (*HISTORY, *EXAMINED) if self.raw.get(name)]

    @property
    def history_wrong(self) -> bool:
        """Whether a mistake is among them."""
        return any(self.faults.get(name) for name in (*HISTORY, *EXAMINED))

    @cached_property
    def ending(self) -> list[Field]:
        """Principle and advice."""
        return self._texts(["principle", "advice"])

    @property
    def vitals(self) -> list[Field]:
        """Vital signs."""
        return [self.field(name, label, hint=unit) for name, (label, unit, _, _) in VITALS.items()]

    @property
    def ticked(self) -> list[Ticks]:
        """Words to tick."""
        lists, found = exam.lists(), []
        for name, kind, label in (
            ("tongue", "tongue", "舌质"),
            ("coating", "coating", "舌苔"),
            ("left", "pulse", "左脉"),
            ("right", "pulse", "右脉"),
        ):
            on, words = self.raw.get(name, ()), list(lists[kind].words.items())
            boxes = [_word(name, one, word, one in on) for one, word in words]
            usual, rare = (SafeString("".join(part)) for part in (boxes[:USUAL], boxes[USUAL:]))
            found.append(Ticks(label, usual, rare, any(one in on for one, _ in words[USUAL:])))
        return found

    @property
    def pairs(self) -> list[list[Field]]:
        """TCM diagnoses: disease, pattern, second pattern."""
        return [
            [
                self._term(f"disease_{at}", "病名", diseases),
                self._term(f"pattern_{at}", "证候", syndromes),
                self._term(f"second_{at}", "兼证", syndromes),
            ]
            for at in range(typed.PAIRS)
        ]

    def _term(self, name: str, label: str, table: Any) -> Field:
        value = self.raw.get(name, "")
        term = table.get(value) if value else None
        return self.field(name, label, words=term.name if term is not None else value)

    @property
    def more_diagnoses(self) -> bool:
        """Whether anything stands in the second diagnosis."""
        names = ("disease_1", "pattern_1", "second_1", "western_1", "western_code_1")
        return any(self.raw.get(name) or self.faults.get(name) for name in names)

    @property
    def template_name(self) -> str:
        """The name that a template of this prescription would get by itself; empty where none follows."""
        formula = formulas.get(self.raw.get("formula", ""))
        herbs = [
            Herb(written=str(self.raw[f"herb_{at}"]))
            for at in range(typed.HERBS)
            if self.raw.get(f"herb_{at}")
        ]
        return name_of(formula, herbs) if formula is not None and herbs else ""

    @cached_property
    def western(self) -> list[tuple[Field, Field]]:
        """Western diagnoses: name and code."""
        return [
            (self.field(f"western_{at}", "西医诊断"), self.field(f"western_code_{at}", "ICD-10"))
            for at in range(typed.WESTERN)
        ]

    @property
    def lines(self) -> list[tuple[int, Field, Field, Field]]:
        """Lines for herbs: those written, and some empty ones."""
        used = [at for at in range(typed.HERBS) if self.raw.get(f"herb_{at}") or self.raw.get(f"grams_{at}")]
        rows = min(max(FIRST_ROWS, max(used, default=-1) + 1 + MORE_ROWS), typed.HERBS)
        return [
            (
                at + 1,
                self.field(f"herb_{at}", "药名", words=str(self.raw.get(f"herb_{at}", ""))),
                self.field(f"grams_{at}", "克数"),
                self.field(f"decoction_{at}", "脚注"),
            )
            for at in range(rows)
        ]

    @property
    def patents(self) -> list[tuple[Field, Field, Field, Field]]:
        """Lines for patent medicines."""
        used = [at for at in range(typed.PATENTS) if self.raw.get(f"patent_{at}")]
        rows = min(max(used, default=-1) + 2, typed.PATENTS)
        return [
            (
                self.field(f"patent_{at}", "中成药"),
                self.field(f"quantity_{at}", "数量"),
                self.field(f"unit_{at}", "单位"),
                self.field(f"patent_usage_{at}", "用法用量"),
            )
            for at in range(rows)
        ]

    @property
    def techniques(self) -> list[list[Field]]:
        """Lines for techniques."""
        used = [at for at in range(typed.TECHNIQUES) if self.raw.get(f"technique_{at}")]
        return [self._technique(at) for at in range(min(max(used, default=-1) + 2, typed.TECHNIQUES))]

    def _technique(self, at: int) -> list[Field]:
        known = techniques.get(self.raw.get(f"technique_{at}", ""))
        return [
            self.field(f"technique_{at}", "技术", words=known.name if known else ""),
            self.field(f"site_{at}", "穴位、部位"),
            self.field(f"method_{at}", "方法"),
            self.field(f"sessions_{at}", "次数"),
            self.field(f"now_{at}", "今天做第一次"),
        ]

    @cached_property
    def dosing(self) -> dict[str, Field]:
        """Form, route, number of doses and so on."""
        labels = {"form": "剂型", "route": "途径", "doses": "剂数", "days": "天数", "times": "每日次数"}
        found = {name: self.field(name, label) for name, label in labels.items()}
        known = formulas.get(self.raw.get("formula", ""))
        words = known.name if known else ""
        found |= {"usage": self.field("usage", "用法"), "formula": self.field("formula", "方剂", words=words)}
        return found | {
            "follow_days": self.field("follow_days", "几天后随访"),
            "pregnant": self.field("pregnant", "妊娠"),
            "lactating": self.field("lactating", "哺乳"),
        }

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every mistake: id of the field (empty when it concerns the whole form), what is wrong."""
        return [
            ("" if name == NON_FIELD_ERRORS else f"f_{name}", text)
            for name, texts in self.faults.items()
            for text in texts
        ]
