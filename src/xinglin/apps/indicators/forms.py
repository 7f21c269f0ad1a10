"""Asking for a recount."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.base.errors import XinglinError
from xinglin.base.places import Level, load_divisions


class RecountForm(forms.Form):
    """A place inside one's own area, and the day the numbers stand for."""

    place = forms.CharField(label="地区", max_length=30, help_text="代码或名称，如 441882 或 连州市")
    on = forms.DateField(
        label="数据日期",
        help_text="以这一天为准计算，如 2020-12-31",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请写成 2020-12-31 的样子"},
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope

    def clean_place(self) -> str:
        """The code of the place."""
        try:
            code = load_divisions(None, Level.COUNTY).one(self.cleaned_data["place"]).code
        except XinglinError as error:
            raise forms.ValidationError(str(error)) from None
        if not self.scope.covers(place=code):
            raise forms.ValidationError("这个地区不在您的管理范围内")
        return str(code)

    def clean_on(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("数据日期不能在将来")
        return day
