"""What is typed on the pages of accounts, and what is wrong with it, in Chinese."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts import directory
from xinglin.apps.accounts.actions import Area
from xinglin.apps.accounts.models import LONGEST_UNIT, User, has_unit, plain_username, role_choices
from xinglin.apps.accounts.permissions import MANAGE
from xinglin.apps.ui.picker import Picker, PlaceField
from xinglin.apps.ui.places import LEVELS

LONGEST_PASSWORD = 128
"""More would only make the hash slow."""


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, help_text=help_text
    )


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label="登录名",
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autofocus": True,
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = _password("密码", "current-password")


class CodeForm(forms.Form):
    """A one-time code."""

    code = forms.CharField(
        label="动态口令",
        help_text="手机口令应用上显示的 6 位数字，每 30 秒换一次。",
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class PasswordForm(forms.Form):
    """A new password of one's own."""

    old = _password("原密码", "current-password")
    new = _password(
        "新密码", "new-password", "至少 10 个字符，可以用一句话；不能全是数字、太常见或像登录名、姓名。"
    )
    again = _password("再输一次新密码", "new-password")

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.user = user

    def clean_new(self) -> str:
        """Strong enough, by the settings' validators."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        """Typed twice alike, and not the old one."""
        data = self.cleaned_data
        if "new" in data and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样，请重新输入。")
        if "new" in data and data["new"] == data.get("old"):
            self.add_error("new", "新密码不能和原密码一样。")
        return data


class FacilityField(forms.CharField):
    """The id of a facility, chosen, or typed as an id or a whole name."""

    widget: Picker

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=Picker("ui:choose_facilities", "机构"), max_length=100, **more)
        self.widget.label_of = _facility_name
        self.widget.ask(for_=MANAGE)

    def to_python(self, value: Any) -> str:
        """The id."""
        text = super().to_python(value) or ""
        found = directory.find(text) if text else []
        if text and len(found) != 1:
            raise ValidationError(
                "有几个机构叫这个名字，请填机构编号。" if found else "没有这个机构：请填机构全称或编号。"
            )
        return found[0].id if found else ""


def _facility_name(id: str) -> str:
    found = directory.by_id(id)
    return found.name if found else ""


def _offer(form: forms.Form) -> None:
    """Places of the area in which the reader manages accounts."""
    place = form.fields["place"]
    assert isinstance(place, PlaceField)
    place.offer(permission=MANAGE)


class GrantForm(forms.Form):
    """A role, where and for how long."""

    role = forms.ChoiceField(label="角色")
    place = PlaceField(
        label="地区",
        required=False,
        digits=LEVELS,
        nation=True,
        help_text="如：连州市、lzs、441882；三种管理员填“全国”。在机构工作的角色不填。",
    )
    facility = FacilityField(
        label="机构", required=False, help_text="村医、医师、药师、机构负责人填：机构全称或机构编号。"
    )
    unit = forms.CharField(
        label="单位",
        required=False,
        max_length=LONGEST_UNIT,
        help_text="只有成员单位联络员填，照文件上的名称写，如：县医保局。写明单位的任务、报告，他只看得到写有这个单位的。",
    )
    first = forms.DateField(
        label="起", required=False, widget=forms.DateInput({"type": "date"}), help_text="空着就从今天起。"
    )
    last = forms.DateField(
        label="止", required=False, widget=forms.DateInput({"type": "date"}), help_text="空着就不限期。"
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", "请选择"), *role_choices()]
        _offer(self)

    def clean(self) -> dict[str, Any]:
        """The one of the two that the role needs."""
        data = self.cleaned_data
        role = access_table().roles.get(data.get("role", ""))
        if role and not self.errors:
            needed, other = (
                ("facility", "place") if role.level is RoleLevel.FACILITY else ("place", "facility")
            )
            if not data.get(needed):
                self.add_error(needed, f"“{role.label}”要填{self.fields[needed].label}。")
            elif data.get(other):
                self.add_error(other, f"“{role.label}”不填{self.fields[other].label}。")
            if has_unit(data["role"]) and not data.get("unit"):
                self.add_error("unit", f"“{role.label}”要填单位，如“县医保局”。")
            elif data.get("unit") and not has_unit(data["role"]):
                self.add_error("unit", f"“{role.label}”不填单位。")
        return data

    def area(self) -> Area:
        """Where and for how long."""
        data = self.cleaned_data
        return Area(data["place"], data["facility"], data["first"], data["last"], data["unit"])


class AccountForm(GrantForm):
    """A new account with its first grant."""

    username = forms.CharField(
        label="登录名",
        min_length=3,
        max_length=60,
        error_messages={"min_length": "登录名至少 3 个字符。"},
        help_text="字母、数字和 . _ -，不分大小写；不要用身份证号。",
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z", "登录名只能用字母、数字和 . _ -，以字母或数字开头。")
        ],
    )
    display_name = forms.CharField(label="姓名", max_length=40)
    field_order = ("username", "display_name")
    groups: ClassVar[Any] = (
        ("账号", ("username", "display_name")),
        ("第一项授权", ("role", "place", "facility", "unit", "first", "last")),
    )

    def __init__(self, data: Any = None, *args: Any, **more: Any) -> None:
        if data is not None:
            data = data.copy()
            data["username"] = plain_username(data.get("username", ""))
        super().__init__(data, *args, **more)


SORTS = {"username": "登录名", "created_at": "建立时间", "last_login": "上次登录"}
"""Columns the list may be sorted by; nothing else reaches the database as an identifier."""


class UserFilterForm(forms.Form):
    """How the list of accounts is narrowed down."""

    q = forms.CharField(label="登录名或姓名", required=False, max_length=60, help_text="")
    role = forms.ChoiceField(label="角色", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("active", "启用"), ("inactive", "停用")]
    )
    place = PlaceField(label="地区", required=False, digits=LEVELS, nation=True)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", "全部"), *role_choices()]
        _offer(self)

    def clean_sort(self) -> str:
        """A column of `SORTS`, with a minus for downwards."""
        asked: str = self.cleaned_data["sort"]
        if asked and asked.removeprefix("-") not in SORTS:
            raise ValidationError("不能按这一栏排序。")
        return asked or "username"
