"""A field for the code of a place or of a facility: type a name, its initials or the code, and choose.

Without a script it is a plain field for the code or the whole name; the form says what it did not understand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from xinglin.apps.access.scope import NATION
from xinglin.apps.ui.places import LEVELS, NATION_WORDS, divisions, place_name
from xinglin.base.errors import XinglinError
from xinglin.base.places import Divisions, Level, UnknownPlace, level_of, load_divisions


def _no_label(value: str) -> str:
    del value
    return ""


class Picker(forms.TextInput):
    """The field with its list.

    Attributes:
        source: name of the route that answers suggestions. query: what the route is told besides the text.
        label_of: words for a code that the field already holds; empty when it is none.
        private: what is typed may be a name or a number of a person, and must not stand in an address.
    """

    template_name = "ui/picker.html"
    private = False

    def __init__(self, source: str, what: str) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"})
        self.source, self.what = source, what
        self.query: dict[str, str] = {}
        self.label_of: Callable[[str], str] = _no_label

    def ask(self, **query: str) -> None:
        """Say which permission (``for_``) and which part of the area the suggestions are for."""
        self.query = {name.rstrip("_"): value for name, value in query.items() if value}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the words for the present value."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["attrs"].setdefault("id", f"id_{name}")
        widget["attrs"].setdefault("placeholder", "名称、拼音首字母或代码")
        widget["label"] = (self.label_of(str(value)) if value else "") or str(value or "")
        address = reverse(self.source)
        widget["address"] = f"{address}?{urlencode(self.query)}" if self.query else address
        widget["what"], widget["private"] = self.what, self.private
        return context


class PlaceField(forms.CharField):
    """The code of a place, chosen or typed; a name is understood where it means one place.

    Attributes:
        digits: lengths that the code may have. nation: whether the whole nation may be chosen ("0").
    """

    widget: Picker

    def __init__(self, *, digits: tuple[int, ...] = (6, 9, 12), nation: bool = False, **more: Any) -> None:
        super().__init__(widget=Picker("ui:choose_places", "地区"), max_length=80, **more)
        self.digits, self.nation = digits, nation
        self.roots: tuple[str, ...] = ()
        self.widget.label_of = _label
        self.offer()

    def offer(self, roots: Iterable[str] = (), permission: str = "") -> None:
        """Where the choice lies: parts of the area in which the reader holds a permission."""
        self.roots = tuple(sorted(roots))
        digits = "" if self.digits == LEVELS else ",".join(map(str, self.digits))
        nation = "1" if self.nation else ""
        self.widget.ask(for_=permission, within=",".join(self.roots), digits=digits, nation=nation)

    def to_python(self, value: Any) -> str:
        """The code."""
        text = super().to_python(value) or ""
        return self._code(text) if text else ""

    def _code(self, text: str) -> str:
        if self.nation and text in (NATION, NATION_WORDS):
            return NATION
        try:
            code = place_code(text, self.roots)
        except XinglinError as error:
            raise ValidationError(str(error)) from None
        if len(code) not in self.digits:
            words = "或".join(Level(one).label for one in self.digits)
            raise ValidationError(f"“{place_name(code)}”是{level_of(code).label}，这里请选到{words}")
        return code


def place_code(text: str, roots: Iterable[str] = ()) -> str:
    """The code of a place typed as a code or a name; of several with one name the one in the roots.

    Raises:
        UnknownPlace, AmbiguousPlace: with words for the screen.
    """
    if text.isascii() and text.isdigit():
        return divisions().get(text).code
    inside = [one for one in roots if one != NATION and one in divisions()]
    found = {place.code for root in inside for place in divisions().find(text, root)}
    if len(found) == 1:
        return found.pop()
    try:
        return _counties().one(text).code
    except UnknownPlace:
        return divisions().one(text, inside[0] if len(inside) == 1 else None).code


@lru_cache(maxsize=1)
def _counties() -> Divisions:
    """A bare name means a county, city or province before it means one of many villages."""
    return load_divisions(depth=Level.COUNTY)


def _label(code: str) -> str:
    return place_name(code) if code.isdigit() else ""
