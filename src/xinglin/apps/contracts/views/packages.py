"""Packages, their versions, and the items they are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.contracts import actions, evidence, library, permissions
from xinglin.apps.contracts.forms import PackageForm
from xinglin.apps.contracts.models import Contract, Line, Package
from xinglin.apps.contracts.views.common import done_by, scope_of
from xinglin.apps.contracts.views.signing import MISTAKES
from xinglin.apps.forms.actions.saving import Invalid
from xinglin.apps.forms.permissions import above
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.ui.places import place_name

MOST = 300


def seen(request: Any, scope: Scope) -> Any:
    """Packages of an area, and of the areas above it."""
    return Package.objects.filter(scope.q(place="place") | Q(place__in=[*above(request.user, scope), NATION]))


def place_of(request: Any, scope: Scope) -> str:
    """The place whose library is looked at: the county of a facility, or the area itself."""
    from xinglin.apps.organisations.models import Facility

    if scope.places:
        return min(sorted(scope.places), key=len)
    first = Facility.objects.filter(pk__in=scope.facilities).values_list("place", flat=True).first()
    return (first or NATION)[:6]


@route("package.view")
@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """Packages in force or to come, by the area that keeps them."""
    today = timezone.localdate()
    rows = seen(request, scope_of(request)).filter(Q(valid_to=None) | Q(valid_to__gte=today))
    rows = rows.annotate(number=Count("items", distinct=True))
    counted = dict(
        Line.objects.filter(
            contract__in=Contract.objects.within(scope_of(request)).running(today).values("pk")
        )
        .order_by()
        .values_list("package")
        .annotate(Count("contract", distinct=True))
    )
    lines = [
        (one, place_name(one.place), counted.get(one.pk, 0), one.valid_from > today) for one in rows[:MOST]
    ]
    keeps = request.user.can(permissions.KEEP)  # type: ignore[union-attr]
    return render(request, "contracts/packages.html", {"rows": lines, "keeps": keeps})


@route("package.view")
@require_safe
def package(request: HttpRequest, package: str) -> HttpResponse:
    """One version of a package, with its items and the other versions."""
    row = get_object_or_404(seen(request, scope_of(request)), pk=package)
    day = max(row.valid_from, timezone.localdate())
    known = library.items(row.place, day)
    items = [
        (one, known.get(one.code), evidence.label_of(known[one.code].counts) if one.code in known else "")
        for one in row.items.all()
    ]
    versions = Package.objects.filter(place=row.place, code=row.code).exclude(pk=row.pk)
    keeps = request.user.scope_for(permissions.KEEP).covers(place=row.place)  # type: ignore[union-attr]
    context = {
        "row": row,
        "items": items,
        "versions": versions,
        "place": place_name(row.place),
        "keeps": keeps,
    }
    return render(request, "contracts/package.html", context)


@route("package.edit", safe=False)
def package_new(request: HttpRequest) -> HttpResponse:
    """Make a package."""
    place = place_of(request, scope_of(request))
    items = list(library.items(place, timezone.localdate()).values())
    form = PackageForm(request.POST or None, items=items, initial={"place": place})
    field: Any = form.fields["place"]
    field.offer(sorted(scope_of(request).places), permissions.KEEP)

    def deed() -> None:
        asked = form.cleaned_data
        made = actions.keep(
            asked["place"], asked["code"], form.values(), form.wanted(), by=request.user, request=request
        )
        form.made = made.pk  # type: ignore[attr-defined]

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已建服务包。")
        return redirect("contracts:package", form.made)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "title": "新建服务包",
        "back": reverse("contracts:packages"),
        "verb": "保存",
        "missing": [] if items else [("项目库里还没有在用的项目。", reverse("contracts:items"), "看项目库")],
    }
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


@route("package.edit", safe=False)
def package_change(request: HttpRequest, package: str) -> HttpResponse:
    """Change a package, or make its next version."""
    row = get_object_or_404(Package.objects.filter(scope_of(request).q(place="place")), pk=package)
    items = list(library.items(row.place, max(row.valid_from, timezone.localdate())).values())
    initial = {name: getattr(row, name) for name in actions.keeping.FIELDS}
    form = PackageForm(request.POST or None, items=items, old=row, initial=initial)

    def deed() -> None:
        made = actions.keep(
            row.place, row.code, form.values(), form.wanted(), old=row, by=request.user, request=request
        )
        form.made = made.pk  # type: ignore[attr-defined]

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已保存。")
        return redirect("contracts:package", form.made)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "title": f"修改服务包：{row.name}",
        "back": reverse("contracts:package", args=[row.pk]),
        "verb": "保存",
        "hint": "启用日期比这一版晚的，存成新版本，这一版到前一天为止；已有签约用的版本，内容不变。",
    }
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


@route("package.view")
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """The items that may be agreed here today."""
    scope = scope_of(request)
    place = place_of(request, scope)
    rows = [
        (one, place_name(one.place), evidence.label_of(one.counts))
        for one in sorted(library.items(place, timezone.localdate()).values(), key=lambda one: one.code)
    ]
    keeps = request.user.scope_for(permissions.KEEP).covers(place=place)  # type: ignore[union-attr]
    offered = list(library.proposals(place, timezone.localdate())) if keeps else []
    context = {"rows": rows, "place": place_name(place), "keeps": keeps, "offered": len(offered)}
    return render(request, "contracts/items.html", context)


@route("package.edit", safe=False)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Bring the starting items in as proposals; and the packages of which all items are in use."""
    place = place_of(request, scope_of(request))
    if request.POST.get("what") == "packages":
        number = actions.start_packages(place, by=request.user, request=request)
        if number:
            done(request, f"已建 {number} 个起始服务包，价格空着，请按本地规定修改。")
        else:
            refused(request, "没有可建的：起始服务包都已建，或它们的项目还没有审定入库。")
        return redirect("contracts:packages")
    try:
        number = actions.propose_items(place, by=request.user, request=request)
    except Invalid as error:
        refused(request, f"没有装入：{error}")
        return redirect("contracts:items")
    if number:
        done(request, f"已装入 {number} 个待审定的项目：请在“中医药签约项目库”里逐个审定入库。")
    else:
        refused(request, "起始项目都已在本地区的项目库里。")
    return redirect("contracts:items")
