"""Forms of contracts and packages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from xinglin.apps.contracts.library import Item
from xinglin.apps.contracts.models import Consenter, Contract, EndReason, Group, Package
from xinglin.apps.contracts.rules import Terms, year_from
from xinglin.apps.contracts.teams import Team
from xinglin.apps.organisations.forms.fields import DateField
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.residents.forms import Blaming
from xinglin.apps.ui.picker import PlaceField

LONGEST = 200


class TermsForm(Blaming):
    """What is agreed: team, packages, time, who signed for the resident."""

    groups: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("团队和服务包", ("facility", "team", "packages")),
        ("起止", ("valid_from", "valid_to")),
        ("居民方签字", ("consented_by", "consenter", "consented_on", "explained", "note")),
    )
    facility = forms.ChoiceField(label="签约机构")
    team = forms.ChoiceField(label="家庭医生团队")
    packages = forms.MultipleChoiceField(
        label="服务包",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一个服务包"},
    )
    valid_from = DateField(label="起始日期")
    valid_to = DateField(label="终止日期", required=False, help_text="空着是一年")
    consented_by = forms.ChoiceField(label="谁签的字", choices=Consenter.choices)
    consenter = forms.CharField(label="代签人姓名", required=False, max_length=60, help_text="本人签的不填")
    consented_on = DateField(label="签字日期")
    explained = forms.BooleanField(
        label="已向居民讲明内容、费用和解约办法，协议已签字",
        error_messages={"required": "请先讲明并在协议上签字，再登记"},
    )
    note = forms.CharField(
        label="约定、备注", required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
    key = forms.CharField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        facilities: Sequence[Facility],
        teams: Sequence[Team],
        packages: Sequence[Package],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.offered = {one.pk: one for one in facilities}
        self.teams = {one.pk: one for one in teams}
        self.offered_packages = {one.pk: one for one in packages}
        self._choices("facility", [(one.pk, one.name) for one in facilities])
        self._choices("team", [(one.pk, one.name) for one in teams])
        self._choices("packages", [(one.pk, _package_words(one)) for one in packages])
        if len(facilities) == 1:
            self.fields["facility"].widget = forms.HiddenInput()
            self.fields["facility"].initial = facilities[0].pk
            self.groups = (("团队和服务包", ("team", "packages")), *self.groups[1:])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def facility_chosen(self) -> Facility:
        """The facility of a valid form."""
        return self.offered[self.cleaned_data["facility"]]

    def terms(self) -> Terms:
        """What a valid form says."""
        asked = self.cleaned_data
        first: date = asked["valid_from"]
        return Terms(
            team=self.teams[asked["team"]],
            packages=[self.offered_packages[pk] for pk in asked["packages"]],
            valid_from=first,
            valid_to=asked["valid_to"] or year_from(first),
            consented_by=asked["consented_by"],
            consenter=asked["consenter"],
            consented_on=asked["consented_on"],
            note=asked["note"],
        )


def _package_words(one: Package) -> str:
    price = "未定价" if one.price is None else f"{one.price} 元/年"
    return f"{one.name}（{price}）" + (f"：{one.content}" if one.content else "")


class CorrectForm(TermsForm):
    """The same, with the reason and what was seen; nothing is explained anew."""

    groups = (
        ("团队和服务包", ("team", "packages")),
        ("起止", ("valid_from", "valid_to")),
        ("居民方签字", ("consented_by", "consenter", "consented_on")),
        ("更正", ("note", "reason")),
    )
    explained = None  # type: ignore[assignment]
    facility = None  # type: ignore[assignment]
    key = None  # type: ignore[assignment]
    reason = forms.CharField(label="更正的原因", max_length=LONGEST)
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, teams: Sequence[Team], packages: Sequence[Package], **more: Any) -> None:
        Blaming.__init__(self, *args, **more)
        self.teams = {one.pk: one for one in teams}
        self.offered_packages = {one.pk: one for one in packages}
        self._choices("team", [(one.pk, one.name) for one in teams])
        self._choices("packages", [(one.pk, _package_words(one)) for one in packages])


class EndForm(Blaming):
    """When and why a contract ends before its time."""

    on = DateField(label="解约日期")
    reason = forms.ChoiceField(label="原因", choices=EndReason.choices)
    words = forms.CharField(
        label="说明", required=False, max_length=LONGEST, help_text="“其他”和“登记错误”要写"
    )


class DeliverForm(Blaming):
    """When and by whom an item was delivered."""

    day = DateField(label="日期")
    practitioner = forms.ChoiceField(label="服务人")
    words = forms.CharField(label="情况", required=False, max_length=LONGEST)
    key = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, people: Sequence[Practitioner], **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["practitioner"]
        field.choices = [(one.pk, one.name or one.pk) for one in people]


class ReasonForm(Blaming):
    """Why something is taken back."""

    reason = forms.CharField(label="撤销的原因", max_length=LONGEST)


class PackageForm(Blaming):
    """A version of a package. Each item of the library is a number: how often in a contract year, empty for not."""

    place = PlaceField(label="归哪个地区管", digits=(2, 4, 6))
    code = forms.SlugField(
        label="编码", max_length=20, allow_unicode=False, help_text="字母、数字，换版本时不变"
    )
    name = forms.CharField(label="名称", max_length=60)
    group = forms.ChoiceField(label="人群", choices=Group.choices)
    content = forms.CharField(
        label="说明", required=False, max_length=400, widget=forms.Textarea({"rows": 2})
    )
    least_age = forms.IntegerField(label="最小年龄", required=False, min_value=0, max_value=120)
    most_age = forms.IntegerField(
        label="最大年龄", required=False, min_value=0, max_value=120, help_text="满几岁为止，含"
    )
    price = forms.DecimalField(
        label="年签约费（元）", required=False, min_value=0, max_digits=10, decimal_places=2,
        help_text="免费的填 0；没有定价的留空",
    )  # fmt: skip
    basis = forms.CharField(label="依据", required=False, max_length=120, help_text="文件名、文号")
    valid_from = DateField(label="启用日期", initial=timezone.localdate)
    valid_to = DateField(label="停用日期", required=False, help_text="最后一天；在用的留空")

    def __init__(self, *args: Any, items: Sequence[Item], old: Package | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        there = dict(old.items.values_list("code", "times")) if old else {}
        labels = {one.code: f"{one.name}（一年几{one.unit}）" for one in items}
        labels |= {code: f"{code}（项目已停用）" for code in there if code not in labels}
        by_hand = {one.code for one in items if not one.counts}
        self.codes = {f"times_{code}": code for code in labels}
        for name, code in self.codes.items():
            self.fields[name] = forms.IntegerField(
                label=labels[code],
                required=False,
                min_value=1,
                max_value=365,
                initial=there.get(code),
                help_text="没有自动计入，由医生登记" if code in by_hand else "",
            )
        self.groups = (
            ("服务包", ("place", "code", "name", "group", "content")),
            ("给谁、多少钱", ("least_age", "most_age", "price", "basis")),
            ("起止", ("valid_from", "valid_to")),
            ("项目和次数", tuple(self.codes)),
        )
        if old is not None:
            for name in ("place", "code"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Fields of a version."""
        rest = {*self.codes, "place", "code"}
        return {name: value for name, value in self.cleaned_data.items() if name not in rest}

    def wanted(self) -> dict[str, int]:
        """Code of an item → times."""
        asked = self.cleaned_data
        return {code: asked[name] for name, code in self.codes.items() if asked.get(name)}


def initial_of(row: Contract) -> dict[str, Any]:
    """What a correction begins with."""
    names = ("valid_from", "valid_to", "consented_by", "consenter", "consented_on", "note")
    packages = list(dict.fromkeys(row.lines.filter(dropped_at=None).values_list("package", flat=True)))
    known = {name: getattr(row, name) for name in names}
    return {**known, "team": row.team_id, "packages": packages, "seen": row.revision}
