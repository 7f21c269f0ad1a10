"""The demonstration's organisations out of its facts."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from django.db import connection

from xinglin.apps.audit.models import Entry
from xinglin.apps.organisations.identity import found_by
from xinglin.apps.organisations.loading import demo_name, load_facts
from xinglin.apps.organisations.models import FACT_MODELS, Change, Facility, Practitioner
from xinglin.base.errors import DataError
from xinglin.facts import Dataset, open_dataset
from xinglin.simulate import simulate


@pytest.fixture(scope="module")
def lianzhou(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = Path(tmp_path_factory.mktemp("lianzhou")) / "data"
    simulate("441882", year=2020, seed=1, out=folder)
    return open_dataset(folder)


def test_every_row_comes_over_with_its_id(lianzhou: Dataset) -> None:
    began = process_time()
    counts = load_facts(lianzhou, None)
    assert process_time() - began < 20
    assert counts == {table: lianzhou.arrow(table).num_rows for table in FACT_MODELS}
    for table, model in FACT_MODELS.items():
        columns = list(lianzhou.arrow(table).column_names)
        stored = list(model._default_manager.values(*columns))
        key = [str(name) for name in columns]
        ordered = sorted(stored, key=lambda row: [str(row[name]) for name in key])
        assert ordered == sorted(lianzhou.rows(table), key=lambda row: [str(row[name]) for name in key])


def test_people_of_a_demonstration_are_marked(lianzhou: Dataset) -> None:
    load_facts(lianzhou, None)
    person = Practitioner.objects.order_by("pk").first()
    assert person is not None
    assert person.name == demo_name(0)
    assert all("演示" in one.name for one in Practitioner.objects.all())
    assert person in Practitioner.objects.filter(found_by(person.name))
    assert Facility.objects.exclude(name__contains="演示").count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM organisations_practitioner")
        assert not any("演示" in name for (name,) in cursor.fetchall())


def test_loading_leaves_history_and_audit_rows(lianzhou: Dataset) -> None:
    counts = load_facts(lianzhou, None)
    assert Change.objects.filter(deed="load").count() == sum(counts.values())
    assert dict(Entry.objects.filter(action__endswith=".load").values_list("kind", "count")) == counts


def test_loading_twice_is_refused_and_changes_nothing(lianzhou: Dataset) -> None:
    load_facts(lianzhou, None)
    before = Change.objects.count()
    with pytest.raises(DataError, match="已在库中"):
        load_facts(lianzhou, None)
    assert Change.objects.count() == before
