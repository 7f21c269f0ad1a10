"""What lists are narrowed down and sorted by. Anything else in the address is left aside."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from xinglin.apps.access.scope import Scope, below
from xinglin.apps.organisations.identity import found_by
from xinglin.apps.organisations.listing import counting_people, with_hall
from xinglin.apps.organisations.models import OfficialCode, Post
from xinglin.apps.organisations.models.columns import code_choices
from xinglin.apps.ui.picker import PlaceField
from xinglin.apps.ui.places import LEVELS

SIZES = ("50", "100", "200")
OPEN, CLOSED = "open", "closed"
ALL = ("", "全部")


def any_of(codelist: str) -> list[tuple[str, str]]:
    """All codes of a list, and no choice."""
    return [ALL, *code_choices(codelist)]


class Filters(forms.Form):
    """The bar above a list.

    Attributes:
        orders: name of an order in the address → columns; the first is the usual one.
        permission: what the list needs; places are offered where one has it.
    """

    permission = ""

    orders: ClassVar[dict[str, tuple[str, ...]]] = {}
    q = forms.CharField(
        label="查找", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    place = PlaceField(label="地区", required=False, digits=LEVELS)
    size = forms.ChoiceField(
        label="每页", required=False, choices=[(one, f"{one} 条") for one in SIZES], initial=SIZES[0]
    )

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data, label_suffix="")
        self.scope = scope
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        place.offer(scope.places, self.permission)
        if not scope.places:
            del self.fields["place"]
        self.is_valid()
        self.sort = self._sort(data.get("sort", ""))

    def value(self, name: str) -> str:
        """What was asked for; empty when nothing was, or nonsense."""
        return str(self.cleaned_data.get(name) or "")

    def order(self) -> tuple[str, ...]:
        """Columns to order by, ended by the key so that pages do not overlap."""
        columns = self.orders[self.sort.removeprefix("-")]
        return (*(self._turned(one) for one in columns), "pk")

    def page(self, rows: QuerySet[Any], number: Any, count: int | None = None) -> Page[Any]:
        """One page of the list; ``count`` if the rows have been counted already."""
        size = int(self.value("size") or SIZES[0])
        paginator = Paginator(rows.order_by(*self.order()), size)
        if count is not None:
            paginator.count = count
        return paginator.get_page(number)

    def _sort(self, asked: str) -> str:
        return asked if asked.removeprefix("-") in self.orders else next(iter(self.orders))

    def _turned(self, column: str) -> str:
        return f"-{column}" if self.sort.startswith("-") else column


class FacilityFilters(Filters):
    """Facilities: by name or initials, place, kind, whether they work."""

    permission = "facility.view"
    orders: ClassVar = {
        "name": ("sort_key",),
        "kind": ("kind", "sort_key"),
        "place": ("place", "sort_key"),
        "people": ("people", "sort_key"),
        "valid_from": ("valid_from", "sort_key"),
    }
    field_order = ("q", "place", "kind", "hall", "state", "size")
    kind = forms.ChoiceField(label="机构类别", required=False, choices=partial(any_of, "facility_kind"))
    hall = forms.ChoiceField(
        label="中医馆", required=False, choices=[ALL, ("yes", "有中医馆"), ("no", "无中医馆")]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[(OPEN, "在业"), (CLOSED, "已停业"), ("all", "全部")],
        initial=OPEN,
    )

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data, scope)
        self.fields["q"].widget.attrs["placeholder"] = "名称、拼音或首字母"

    def page(self, rows: QuerySet[Any], number: Any, count: int | None = None) -> Page[Any]:
        """One page of the list; people are counted of all rows only where they decide the order."""
        by_people = self.sort.removeprefix("-") == "people"
        return super().page(counting_people(rows) if by_people else rows, number, count)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows that meet everything asked for."""
        rows = rows.filter(below("place", self.value("place"))) if self.value("place") else rows
        rows = rows.filter(kind=self.value("kind")) if self.value("kind") else rows
        if self.value("hall"):
            rows = rows.filter(with_hall() if self.value("hall") == "yes" else ~with_hall())
        return self._in_state(rows).filter(self._named())

    def _in_state(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        over = Q(valid_to__lt=timezone.localdate())
        state = self.value("state") or OPEN
        return rows if state == "all" else rows.filter(over if state == CLOSED else ~over | Q(valid_to=None))

    def _named(self) -> Q:
        text = "".join(self.value("q").split())
        if not text:
            return Q()
        letters = text.lower()
        carriers = OfficialCode.objects.order_by().filter(code=text.upper()).values("facility")
        codes = Q(pk=text) | Q(pk__in=carriers) if len(text) > 8 else Q()
        return Q(name__icontains=text) | Q(pinyin__contains=letters) | Q(initials__contains=letters) | codes


class PractitionerFilters(Filters):
    """People: by name, number or phone for those who may read them; by place and what they are."""

    permission = "practitioner.view"
    orders: ClassVar = {
        "surname": ("sort_key",),
        "licence": ("licence", "sort_key"),
        "category": ("category", "sort_key"),
    }
    field_order = ("q", "place", "licence", "category", "tcm", "size")
    licence = forms.ChoiceField(label="执业资格", required=False, choices=partial(any_of, "licence"))
    category = forms.ChoiceField(
        label="执业类别", required=False, choices=partial(any_of, "practice_category")
    )
    tcm = forms.ChoiceField(
        label="中医药服务",
        required=False,
        choices=[ALL, ("yes", "能提供"), ("no", "不能提供"), ("gp", "中医类别全科")],
    )
    facility = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, data: Any, scope: Scope, names: Scope) -> None:
        super().__init__(data, scope)
        self.names = names
        self.fields["q"].widget.attrs["placeholder"] = "姓名、拼音、张sf、证件号、电话"
        if not names:
            del self.fields["q"]

    @property
    def by_name(self) -> bool:
        """Whether somebody is looked for by name, number or phone: an index answers with few."""
        return bool(self.names) and bool(self.value("q"))

    def narrowed(self, rows: Any) -> QuerySet[Any]:
        """Rows that meet everything asked for. A search by name holds only where names may be read."""
        for name in ("licence", "category"):
            rows = rows.filter(**{name: self.value(name)}) if self.value(name) else rows
        tcm = {"yes": Q(tcm_able=True), "no": ~Q(tcm_able=True) | Q(tcm_able=None)}
        gp = {"gp": Q(gp=True, category="tcm")}
        rows = rows.filter({**tcm, **gp}.get(self.value("tcm"), Q()))
        if self.by_name:
            rows = rows.within(self.names, few=True).filter(found_by(self.value("q")))
        return self._working(rows)

    def _working(self, rows: Any) -> QuerySet[Any]:
        place, facility = self.value("place"), self.value("facility")
        if not place and not facility:
            return rows  # type: ignore[no-any-return]
        posts = Post.objects.within(self.scope).not_over(timezone.localdate())
        posts = posts.filter(below("facility__place", place)) if place else posts
        posts = posts.filter(facility=facility) if facility else posts
        return rows.filter(pk__in=posts.values("practitioner"))  # type: ignore[no-any-return]
