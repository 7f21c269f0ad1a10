"""Forms of residents."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.safestring import SafeString

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import DateField, by_field
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.models import AllergyKind, ConsentKind, DocumentKind, Resident, Sex
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.picker import PlaceField

BLANK = [("", "未填")]
MOST_FACILITIES = 200


def own_facilities(scope: Scope) -> Any:
    """Working facilities of an area, for a doctor one or two."""
    return Facility.objects.within(scope).filter(valid_to=None).order_by("sort_key", "pk")


class Blaming(forms.Form):
    """A form that shows what an action refused at the fields it concerns."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label_suffix = ""

    def blame(self, error: ValidationError) -> None:
        """Show mistakes at their fields."""
        for name, texts in by_field(error).items():
            self.add_error(name if name in self.fields and name != NON_FIELD_ERRORS else None, texts)


class Chosen(Blaming):
    """A form that belongs to one of the facilities one works in; with one there is nothing to choose."""

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.own = list(own_facilities(scope)[:MOST_FACILITIES])
        field: Any = self.fields["facility"]
        field.choices = [(one.pk, one.name) for one in self.own]
        if len(self.own) == 1:
            field.widget = forms.HiddenInput()
            field.initial = self.own[0].pk

    def chosen(self) -> Facility:
        """The facility of a valid form."""
        found: Facility = next(one for one in self.own if one.pk == self.cleaned_data["facility"])
        return found


class ResidentForm(Blaming):
    """What is known of a resident. Sex and birth follow from an identity card."""

    groups: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("证件与姓名", ("id_kind", "id_number", "name", "sex", "birth_date")),
        ("联系", ("phone", "place", "address")),
    )
    id_kind = forms.ChoiceField(label="证件类别", choices=DocumentKind.choices, initial=DocumentKind.CARD)
    id_number = forms.CharField(
        label="证件号码",
        required=False,
        max_length=40,
        help_text="身份证可用读卡器读入；性别、生日由号码推出",
    )
    name = forms.CharField(label="姓名", max_length=60)
    sex = forms.ChoiceField(label="性别", choices=[*BLANK, *Sex.choices], required=False)
    birth_date = DateField(label="出生日期", required=False)
    phone = forms.CharField(label="联系电话", required=False, max_length=30)
    place = PlaceField(label="居住地区", digits=(9, 12))
    address = forms.CharField(label="住址", required=False, max_length=120, help_text="村组、门牌")

    def __init__(self, *args: Any, county: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        place: Any = self.fields["place"]
        place.offer([county[:6]] if county else (), "resident.edit")
        for name in ("id_number", "name", "phone", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def values(self) -> dict[str, Any]:
        """Fields of the model."""
        return {name: self.cleaned_data[name] for name in ResidentForm.base_fields}


class NewResidentForm(Chosen, ResidentForm):
    """A first visit: the file is made, or found by its number."""

    groups = (("", ("facility",)), *ResidentForm.groups, ("", ("another",)))
    facility = forms.ChoiceField(label="建档机构")
    another = forms.BooleanField(
        label="是另一个人，仍要建档", required=False, help_text="只在提示有同名同生日的档案时用"
    )
    key = forms.CharField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["another"].widget = forms.HiddenInput()  # asked only when somebody alike is there
        self.fields["id_number"].widget.attrs["autofocus"] = True

    def ask(self) -> None:
        """Ask whether this is another person than those alike."""
        self.fields["another"].widget = forms.CheckboxInput()

    def person(self) -> Resident:
        """The resident as typed, not saved."""
        return Resident(**self.values())


class AllergyForm(Blaming):
    """What somebody is allergic to."""

    kind = forms.ChoiceField(label="类别", choices=AllergyKind.choices)
    substance = forms.CharField(label="过敏原", max_length=100, help_text="药名写通用名或药典名")
    reaction = forms.CharField(label="反应", max_length=100, required=False)
    key = forms.CharField(widget=forms.HiddenInput())


class EndForm(Blaming):
    """Why something is taken off."""

    reason = forms.CharField(label="撤除原因", max_length=100)


class ConsentForm(Blaming):
    """An answer to a question."""

    kind = forms.ChoiceField(label="事项", choices=ConsentKind.choices)
    given = forms.ChoiceField(label="本人意见", choices=[("1", "同意"), ("0", "不同意，或撤回同意")])
    by_guardian = forms.BooleanField(label="由监护人代为表示", required=False)
    key = forms.CharField(widget=forms.HiddenInput())


class SearchForm(Blaming):
    """Who is looked for."""

    q = forms.CharField(
        label="查找居民",
        required=False,
        max_length=60,
        help_text="证件号码、电话、姓名、首字母（zsf）、姓加首字母（张sf）",
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


_KEY = "key-of-the-form"


@cache
def _written(kind: type[Blaming], auto_id: str) -> str:
    return str(kind(initial={"key": _KEY}, auto_id=auto_id))


def empty(kind: type[Blaming], auto_id: str) -> SafeString:
    """A form with a key that nobody has typed into, as it stands on a page: written once, only the key is new."""
    return SafeString(_written(kind, auto_id).replace(_KEY, new_key()))
