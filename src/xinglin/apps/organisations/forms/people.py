"""Forms of people and of where they work."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import ContractForm, DateField, FacilityField
from xinglin.apps.organisations.models import Facility, Post, Practitioner

PERSONAL = ("name", "id_kind", "id_number", "phone")


class PractitionerForm(ContractForm):
    """A person; who may not read names does not see the personal fields."""

    table = "practitioner"
    groups = (
        ("个人信息（加密保存）", PERSONAL),
        ("执业", ("licence", "category", "tcm_kind", "gp", "tcm_able")),
        ("首个任职", ("facility", "main", "valid_from")),
    )
    name = forms.CharField(
        label="姓名", max_length=60, help_text="与执业证书一致；少数民族姓名的间隔号写成“·”"
    )
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        help_text="用来认出同一个人，避免重复统计；居民身份证会核对校验位",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(label="联系电话", max_length=30, required=False, help_text="可不填")

    class Meta:
        """The contract's columns and the personal fields."""

        model = Practitioner
        fields: ClassVar[list[str]] = [*PERSONAL, "licence", "category", "tcm_kind", "gp", "tcm_able"]

    def __init__(self, *args: Any, names: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if not names:
            for name in PERSONAL:
                del self.fields[name]


class NewPractitionerForm(PractitionerForm):
    """A person with the first post."""

    facility = FacilityField(label="任职机构", help_text="可按名称或拼音首字母查找")
    main = forms.BooleanField(
        label="主要执业机构", required=False, initial=True, help_text="每人只在主要执业机构计一次"
    )
    valid_from = DateField(label="起始日期", help_text="在这个机构任职的第一天")

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        offer_facilities(self, self.scope)

    def post(self) -> Post:
        """The first post."""
        cleaned = self.cleaned_data
        return Post(facility=cleaned["facility"], main=cleaned["main"], valid_from=cleaned["valid_from"])


class PostForm(ContractForm):
    """Where a person works."""

    table = "post"
    facility = FacilityField(label="任职机构", help_text="可按名称或拼音首字母查找")

    class Meta:
        """The contract's columns; the last day is set by ending the post."""

        model = Post
        fields: ClassVar[list[str]] = ["facility", "main", "valid_from"]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        self.fields["main"].required = False
        offer_facilities(self, self.scope)


def offer_facilities(
    form: forms.Form | ContractForm, scope: Scope, name: str = "facility", but: str = ""
) -> None:
    """Offer the facilities of an area that work, or will; all but one, if one is named."""
    field = form.fields[name]
    assert isinstance(field, FacilityField)
    chosen = form.data.get(form.add_prefix(name)) or form.get_initial_for_field(field, name) or ""
    offered = Facility.objects.within(scope).filter(valid_to=None).exclude(pk=but)
    field.offer(offered, str(getattr(chosen, "pk", chosen)))
