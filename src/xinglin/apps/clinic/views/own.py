"""One's own templates, who is to be asked after, what lies on the shelves, who may treat, numbers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.table import access_table
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.clinic import actions, burden
from xinglin.apps.clinic.models import (
    Authorisation,
    Effect,
    Encounter,
    FollowUp,
    Seat,
    ShelfItem,
    State,
    Template,
    Way,
)
from xinglin.apps.clinic.presenters import past_visits
from xinglin.apps.clinic.views.common import note_reading, scope_of
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.organisations.models.columns import technique_choices
from xinglin.apps.residents.forms import Blaming, Chosen
from xinglin.apps.residents.once import new_key
from xinglin.apps.residents.views.common import act
from xinglin.apps.ui.messages import done, refused
from xinglin.knowledge import formulas, herbs

MOST = 300
MONTHS = 12


@route("encounter.edit")
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """One's own templates."""
    rows = Template.objects.filter(user=request.user.pk)
    lines = [(row, formulas.get(row.formula), "　".join(_herbs(row.content))) for row in rows]
    return render(request, "clinic/templates.html", {"rows": lines})


def _herbs(content: dict[str, Any]) -> list[str]:
    found = []
    for at in range(len(content)):
        if f"herb_{at}" in content:
            found.append(f"{content[f'herb_{at}']} {content.get(f'grams_{at}', '')}".strip())
    return found


@route("encounter.edit", safe=False)
@require_POST
def template_drop(request: HttpRequest, template: str) -> HttpResponse:
    """Delete one's own template."""
    row = get_object_or_404(Template, pk=template, user=request.user.pk)
    actions.drop_template(row, by=request.user, request=request)
    done(request, f"已删去模板“{row.name}”。")
    return redirect("clinic:templates")


class FollowForm(Blaming):
    """What a patient said."""

    way = forms.ChoiceField(label="方式", choices=Way.choices)
    effect = forms.ChoiceField(label="疗效", choices=Effect.choices, initial=Effect.SOME)
    note = forms.CharField(label="情况", required=False, max_length=1000, widget=forms.Textarea)
    key = forms.CharField(widget=forms.HiddenInput())


def _follow_ups(request: HttpRequest) -> Any:
    inside = scope_of(request).q(place="encounter__facility__place", facility="encounter__facility")
    return FollowUp.objects.filter(inside).select_related("encounter__resident", "encounter__facility")


@route("encounter.view")
@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Who is to be asked after, the longest due first."""
    rows = list(_follow_ups(request).filter(done_at=None)[:MOST])
    note_reading(request, "followup", count=len(rows))
    return render(request, "clinic/follow_ups.html", {"rows": rows, "today": timezone.localdate()})


@route("encounter.edit", area="followup", safe=False)
def follow_up(request: HttpRequest, followup: str) -> HttpResponse:
    """Write down what a patient said."""
    row = get_object_or_404(_follow_ups(request), pk=followup)
    form = FollowForm(request.POST or None, initial={"key": new_key()})

    def deed() -> None:
        actions.follow_up(row, **form.cleaned_data, by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已登记随访。")
        return redirect("clinic:follow_ups")
    note_reading(request, "followup", id=row.pk)
    back = reverse("clinic:follow_ups")
    person = row.encounter.resident
    context = {
        "form": form,
        "title": f"随访：{person.name}",
        "back": back,
        "past": next((one for one in past_visits(person, request.user) if one.pk == row.encounter_id), None),
        "phone": person.phone,
    }
    return render(request, "clinic/form.html", context, status=422 if form.errors else 200)


class ShelfForm(Chosen):
    """A herb or patent medicine of a facility."""

    facility = forms.ChoiceField(label="机构")
    name = forms.CharField(label="院内药名", max_length=60)
    herb = forms.CharField(
        label="标准名",
        max_length=60,
        required=False,
        help_text="饮片的标准名；空着由院内药名推出，中成药不填",
    )
    ingredients = forms.CharField(
        label="成分（中成药）",
        max_length=400,
        required=False,
        help_text="按说明书写药典药名，用“、”隔开；有了成分，才能核对过敏、十八反十九畏、孕妇用药和毒性成分",
    )
    unit = forms.CharField(label="单位", max_length=10, initial="g")
    price = forms.DecimalField(
        label="单价（元）", max_digits=10, decimal_places=4, min_value=0, required=False
    )
    insurance = forms.CharField(label="医保编码", max_length=40, required=False)
    in_use = forms.BooleanField(label="在用", required=False, initial=True)

    def clean_ingredients(self) -> str:
        """Standard names only: another name would be checked against nothing."""
        text = self.cleaned_data["ingredients"]
        names = [name for name in re.split(r"[、，,;；\s]+", text) if name]
        strange = [name for name in names if not isinstance(herbs.find(name), herbs.Found)]
        if strange:
            raise ValidationError(f"不是药典药名，或不止一种意思：{'、'.join(strange)}。请写药典药名")
        return "、".join(dict.fromkeys(names))


@route("shelf.edit", safe=False)
def shelf(request: HttpRequest) -> HttpResponse:
    """What the facility has; another one is added here, one with the same name is changed."""
    scope = scope_of(request)
    form = ShelfForm(request.POST or None, scope=scope)

    def deed() -> None:
        values = {name: value for name, value in form.cleaned_data.items() if name != "facility"}
        old = ShelfItem.objects.filter(facility=form.chosen(), name=values["name"]).first()
        item = old or ShelfItem()
        for name, value in values.items():
            setattr(item, name, value)
        actions.put_on_shelf(item, form.chosen(), by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已保存。")
        return redirect("clinic:shelf")
    rows = ShelfItem.objects.filter(scope.q(place="facility__place", facility="facility"))
    context = {"form": form, "rows": rows.select_related("facility")[:MOST]}
    return render(request, "clinic/shelf.html", context, status=422 if form.errors else 200)


class SeatForm(Blaming):
    """Which practitioner an account is, and what this person may do."""

    user = forms.ChoiceField(label="账号")
    practitioner = forms.ChoiceField(label="执业人员")
    techniques = forms.MultipleChoiceField(
        label="授权的技术",
        required=False,
        choices=technique_choices,
        widget=forms.SelectMultiple({"size": 8}),
        help_text="按住 Ctrl 可选几项；已有的授权保留，要收回在上表点“终止”",
    )
    narcotic = forms.BooleanField(label="有麻醉药品处方权", required=False)
    toxic = forms.BooleanField(label="可按毒性药品处方程序开方", required=False)


@route("seat.edit", safe=False)
def seats(request: HttpRequest) -> HttpResponse:
    """Who treats in the facilities of the area, and as whom."""
    scope = scope_of(request)
    facilities = list(
        Facility.objects.within(scope).filter(valid_to=None).values_list("pk", flat=True)[:MOST]
    )
    treating = [role for role in access_table().roles if access_table().allows(role, "encounter.edit")]
    grants = Grant.objects.filter(ended_at=None, role__in=treating, facility__in=facilities)
    users = User.objects.filter(pk__in=grants.values("user"), is_active=True)[:MOST]
    people = Practitioner.objects.filter(posts__facility__in=facilities).distinct()[:MOST]
    form = SeatForm(request.POST or None)
    form.fields["user"].choices = [(one.pk, one.username) for one in users]  # type: ignore[attr-defined]
    form.fields["practitioner"].choices = [  # type: ignore[attr-defined]
        (one.pk, f"{one.name or one.pk}（{one.get_licence_display()}）") for one in people
    ]

    def deed() -> None:
        asked = form.cleaned_data
        person = Practitioner.objects.get(pk=asked["practitioner"])
        user = User.objects.get(pk=asked["user"])
        rights = {"narcotic": asked["narcotic"], "toxic": asked["toxic"]}
        actions.seat(user, person, **rights, by=request.user, request=request)
        actions.authorise(person, asked["techniques"], by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已登记执业身份。")
        return redirect("clinic:seats")
    held = Authorisation.objects.filter(valid_to=None).order_by("technique")
    rows = Seat.objects.filter(user__in=[one.pk for one in users]).select_related("user", "practitioner")
    lines = [(row, [one for one in held if one.practitioner_id == row.practitioner_id]) for row in rows]
    note_reading(request, "practitioner", count=len(lines))
    return render(
        request, "clinic/seats.html", {"form": form, "rows": lines}, status=422 if form.errors else 200
    )


@route("seat.edit", safe=False)
@require_POST
def authorisation_end(request: HttpRequest, authorisation: str) -> HttpResponse:
    """Take an authorisation back."""
    inside = Practitioner.objects.within(scope_of(request), few=True)
    row = get_object_or_404(Authorisation, pk=authorisation, practitioner__in=inside)
    try:
        actions.end_authorisation(row, by=request.user, request=request)
    except ValidationError as error:
        refused(request, "；".join(error.messages))
    else:
        done(request, f"已终止{row.get_technique_display()}的授权。")
    return redirect("clinic:seats")


@route("clinic.count")
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How much was done, by facility and month: numbers only, no person and no visit."""
    scope = scope_of(request)
    since = timezone.localdate().replace(day=1)
    first = since.replace(year=since.year - 1)
    rows = Encounter.objects.within(scope).filter(state=State.SIGNED, day__gte=first).order_by()
    prescribed = Q(prescriptions__isnull=False, prescriptions__ended_at=None)
    found = (
        rows.annotate(month=TruncMonth("day"))
        .values("month", "facility", "facility__name")
        .annotate(
            visits=Count("pk", distinct=True),
            written=Count("prescriptions", filter=prescribed, distinct=True),
            treatments=Count("sessions", distinct=True),
        )
        .order_by("-month", "facility__sort_key")
    )
    return render(request, "clinic/counts.html", {"rows": list(found[:MOST]), "meter": burden.meter()})
