"""Forms of people and of where they work."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import ContractForm, DateField, FacilityField, by_field
from xinglin.apps.organisations.models import Facility, Post, Practitioner

POSTS = "practitioner.edit"
"""Who may say who works in a facility."""
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

    facility = FacilityField(label="任职机构")
    main = forms.BooleanField(
        label="主要执业机构", required=False, initial=True, help_text="每人只在主要执业机构计一次"
    )
    valid_from = DateField(label="起始日期", help_text="在这个机构任职的第一天")

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        offer_facilities(self, self.scope, POSTS)

    def post(self) -> Post:
        """The first post."""
        cleaned = self.cleaned_data
        return Post(facility=cleaned["facility"], main=cleaned["main"], valid_from=cleaned["valid_from"])


class PostForm(ContractForm):
    """Where a person works."""

    table = "post"
    facility = FacilityField(label="任职机构")

    class Meta:
        """The contract's columns; the last day is set by ending the post."""

        model = Post
        fields: ClassVar[list[str]] = ["facility", "main", "valid_from"]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        self.fields["main"].required = False
        offer_facilities(self, self.scope, POSTS)


class PostEditForm(PostForm):
    """A post that was written down wrongly: whichever of its days, main or not, the facility."""

    facility = FacilityField(label="任职机构", help_text="登记错了才改；换单位请用“调动”，原任职才会留下")

    class Meta:
        """All of the contract's columns."""

        model = Post
        fields: ClassVar[list[str]] = ["facility", "main", "valid_from", "valid_to"]
        help_texts: ClassVar[dict[str, str]] = {"valid_to": "在这个机构的最后一天；仍在任就空着"}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_facilities(self, self.scope, POSTS, also=self.instance.facility_id)


class TransferForm(forms.Form):
    """Where a person goes, and when."""

    facility = FacilityField(label="调到", help_text="新的主要执业机构")
    day = DateField(label="调动日期", help_text="在新机构的第一天；原主要执业机构的任职到前一天为止")

    def __init__(self, data: Any, scope: Scope, now: str, **more: Any) -> None:
        super().__init__(data, label_suffix="", **more)
        offer_facilities(self, scope, POSTS, but=now)

    def blame(self, error: ValidationError) -> None:
        """Show what the action refused."""
        for name, texts in by_field(error).items():
            self.add_error({"valid_to": "day", "valid_from": "day"}.get(name), texts)


def offer_facilities(form: forms.Form | ContractForm, scope: Scope, permission: str, **more: Any) -> None:
    """Offer the facilities of an area that work, or will.

    Args:
        more: ``name`` of the field; ``but``, id of one that is left out; ``also``, id of one that no longer works.
    """
    field = form.fields[more.get("name", "facility")]
    assert isinstance(field, FacilityField)
    working = Q(valid_to=None) | Q(pk=more.get("also", ""))
    offered = Facility.objects.within(scope).filter(working).exclude(pk=more.get("but", ""))
    field.offer(offered, permission)
