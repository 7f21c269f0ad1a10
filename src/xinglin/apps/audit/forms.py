"""What the log can be filtered by."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from xinglin.apps.audit.models import Entry
from xinglin.apps.audit.presenters import OUTCOMES


class LogFilter(forms.Form):
    """Time, account, action, object and outcome; each narrows."""

    since = forms.DateField(label="起", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="止", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    actor = forms.CharField(label="账号（登录名或编号）", required=False, max_length=60)
    action = forms.CharField(label="动作", required=False, max_length=60)
    kind = forms.CharField(label="对象类别", required=False, max_length=60)
    object_id = forms.CharField(label="对象编号", required=False, max_length=80)
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *OUTCOMES.items()])

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "“止”早于“起”：请把两个日期对调")
        return data

    def used(self) -> list[str]:
        """Names of the filters that are set."""
        return [name for name, value in self.cleaned_data.items() if value]

    def apply(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that meet all filters; none if the form is faulty."""
        if not self.is_valid():
            return rows.none()
        data = self.cleaned_data
        if data["since"]:
            rows = rows.filter(at__gte=_midnight(data["since"]))
        if data["until"]:
            rows = rows.filter(at__lt=_midnight(data["until"] + timedelta(days=1)))
        if data["actor"]:
            rows = rows.filter(actor__in=_accounts(data["actor"]))
        if data["action"]:
            # "facility" finds facility.edit and facility.view; "facility.edit" finds itself.
            whole = "." in data["action"].rstrip(".")
            below = {"action__startswith": data["action"].rstrip(".") + "."}
            rows = rows.filter(**({"action": data["action"]} if whole else below))
        same = {name: data[name] for name in ("kind", "object_id", "outcome") if data[name]}
        return rows.filter(**same)


def _accounts(written: str) -> list[str]:
    """Ids that an account may be meant by: the id itself, or that of its sign-in name."""
    users = get_user_model().objects.filter(username=written).values_list("pk", flat=True)
    return [written, *map(str, users)]


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
