"""What older rows become when the database is brought up to a newer program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import forms_factories as records
import organisations_factories as make
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.spec import SPECS, Change
from xinglin.apps.forms import rows
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.building import plain
from xinglin.apps.forms.models import Deadline, Record

Account = Callable[..., Any]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def back() -> Iterator[None]:
    """Whatever happens, the next test finds the newest tables."""
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.usefixtures("back")
def test_deadlines_learn_area_and_author_of_their_record() -> None:
    facility = make.facility()
    own = {"definition": "trial_case", "place": facility.place, "day": date(2026, 1, 1)}
    for number in range(3):
        Record.objects.create(
            title=f"第 {number} 条", facility=facility, author="甲", subject=facility.pk, **own
        )
    there = Record.objects.create(title="没有机构", subject="441881", **{**own, "place": "441881"})
    call_command("migrate", "forms", "0003", verbosity=0)
    then = MigrationLoader(connection).project_state([("forms", "0003_deadlines_by_day")]).apps
    old = then.get_model("forms", "Deadline")
    for pk in Record.objects.values_list("pk", flat=True):
        old.objects.create(record_id=pk, state="open", opened_on=date(2026, 1, 1), due=date(2026, 2, 1))
    call_command("migrate", verbosity=0)
    found = set(Deadline.objects.values_list("record", "definition", "place", "facility", "author"))
    wanted = set(Record.objects.values_list("pk", "definition", "place", "facility", "author"))
    assert found == wanted
    assert (there.pk, "trial_case", "441881", None, "") in found
    assert len(found) == 4


@pytest.mark.parametrize("by_import", [False, True])
def test_a_record_that_lies_elsewhere_takes_its_deadlines_along(by_import: bool, account: Account) -> None:
    row = records.record("trial_case", by=account("inspector", "4418"))
    other = make.facility("441881102")
    values = {**rows.values_in(row, definition("trial_case")), "facility": other.pk}
    if by_import:
        spec = SPECS["records.trial_case"]
        before = spec.present([row.pk])[row.pk]
        change = Change(row.pk, before, {**before, "facility": other.pk})
        spec.write([change], by=account("regional_officer", "4418", username="importer"), deed="import")
    else:
        saving.change(row, definition("trial_case"), plain(values), by=None)
    found = Deadline.objects.values_list("place", "facility", "closed_on")
    assert list(found) == [("441881102", other.pk, None)]
    scope = Scope(frozenset({"441881"}))
    assert [one.record_id for one in Deadline.objects.within(scope).overdue_on(date(2099, 1, 1))] == [row.pk]
    assert not Deadline.objects.within(Scope(frozenset({"441882"}))).exists()
