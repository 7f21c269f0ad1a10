"""Figures worked out of others on the site: ratios of sums in reports, products of fields."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import forms_factories as make
import organisations_factories as organisations
from django.test import Client
from django.urls import reverse

from conftest import COUNTY, SIBLING
from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.spec import SPECS, Change
from xinglin.apps.forms import reporting
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.finding import Found
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import values_in
from xinglin.apps.forms.tables import PREFIX

CITY = Scope(frozenset({"4418"}))


def test_a_ratio_is_of_the_sums_and_a_dash_over_nothing(signed_in: Callable[..., Client]) -> None:
    """90 of 100 and 1 of 10 are 82.7 %, not 50 %; what is not allocated yet is divided by nothing."""
    same = {"year": 2024, "source": "county", "matched": 20}
    make.record("fund", name="大", budget=100, allocated=100, paid=90, used=0, **same)
    make.record("fund", name="小", budget=10, allocated=10, paid=1, used=0, **same)
    make.record("fund", name="未下达", place=SIBLING, budget=10, allocated=None, paid=None, used=None, **same)
    one = definition("fund")
    found = {row.key[0]: row for row in reporting.lines(one, one.reports["sources"], CITY)}
    assert found[COUNTY].cells["rate"] == Decimal(9100) / 110
    assert "rate" not in found[COUNTY].off
    assert found[SIBLING].cells["rate"] is None
    assert "rate" in found[SIBLING].off
    page = signed_in("regional_officer", "4418").get(reverse("forms:report", args=["fund", "sources"]))
    cells = {row[0][0]: row[1] for row in page.context["lines"]}
    assert (cells["连州市"][-1][0], cells["英德市"][-1][0]) == ("82.73", "—")


def test_a_product_is_kept_added_up_and_follows_its_factors() -> None:
    house = organisations.facility(kind="village_clinic", place="441882101001")
    one = definition("equipment")
    row = make.record("equipment", facility=house.pk, quantity=3, price="1800.05", model="甲")
    other = make.record("equipment", facility=house.pk, quantity=7, price=None, model="乙")
    assert values_in(row, one)["amount"] == Decimal("5400.15")
    assert values_in(other, one)["amount"] is None
    here = Scope(frozenset({COUNTY}))
    assert Found(one, here, {}).totals() == {"quantity": 10, "amount": Decimal("5400.15")}
    saving.change(other, one, {**values_in(other, one), "price": "0.01", "amount": 99}, by=None)
    assert Found(one, here, {}).totals() == {"quantity": 10, "amount": Decimal("5400.22")}
    [line] = reporting.lines(one, one.reports["hospitals"], here)
    assert line.cells["amount"] == Decimal("5400.22")
    spec = SPECS[PREFIX + "equipment"]
    [before] = spec.present([row.pk]).values()
    assert "amount" not in before
    spec.write(
        [Change(row.pk, before, {**before, "quantity": 10000, "price": Decimal(10_000_000)})],
        by=None,
        deed="import",
    )
    assert values_in(Record.objects.get(pk=row.pk), one)["amount"] == Decimal("100000000000.00")
    assert Found(one, here, {}).totals() == {"quantity": 10007, "amount": Decimal("100000000000.07")}
