"""Asking for a token."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.apps.access.table import access_table
from xinglin.apps.accounts.forms import FacilityField
from xinglin.apps.accounts.models import User
from xinglin.apps.api.actions import Reach
from xinglin.apps.api.site import offered
from xinglin.apps.ui.picker import PlaceField
from xinglin.apps.ui.places import LEVELS

SPANS = ((30, "30 天"), (90, "90 天"), (180, "180 天"), (366, "1 年"))


class TokenForm(forms.Form):
    """What for, what it may do, where, for how long; and who asks."""

    label = forms.CharField(
        label="用途", max_length=60, help_text="哪个系统用、做什么，如：县医院 HIS 每晚取机构名单"
    )
    permissions = forms.MultipleChoiceField(
        label="权限",
        widget=forms.CheckboxSelectMultiple,
        help_text="只选用得着的。您自己的权限收回时，令牌的也随之收回。",
    )
    place = PlaceField(label="只限地区", required=False, digits=LEVELS, help_text="空着：与您自己的范围相同")
    facility = FacilityField(label="只限机构", required=False, help_text="空着：与您自己的范围相同")
    days = forms.TypedChoiceField(label="有效期", coerce=int, choices=SPANS, initial=90)
    answer = forms.CharField(label="当前密码", strip=False, max_length=128)

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data, label_suffix="")
        table = access_table().permissions
        mine: Any = self.fields["permissions"]
        mine.choices = [(name, table[name].label) for name in offered() if user.can(name)]
        place: Any = self.fields["place"]
        scope = user.scope_for("token.own")
        place.offer(scope.places, "token.own")
        self.fields["facility"].widget.ask(for_="facility.view")
        if not scope.places:
            del self.fields["place"]
            del self.fields["facility"]
        answer = self.fields["answer"]
        if user.totp_secret:
            answer.label, answer.help_text = "动态口令", "手机口令应用上现在显示的 6 位数字，用过的不能再用。"
            answer.widget = forms.TextInput(
                {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
            )
        else:
            answer.widget = forms.PasswordInput({"autocomplete": "current-password"})

    def reach(self) -> Reach:
        """How far the token is to go."""
        asked = self.cleaned_data
        return Reach(
            asked["permissions"],
            [one for one in [asked.get("place")] if one],
            [one for one in [asked.get("facility")] if one],
        )
