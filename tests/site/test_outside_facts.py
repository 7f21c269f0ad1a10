"""Fact tables from outside: they come with their source, are counted, replaced and taken away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings as django_settings
from indicators_factories import COUNTY

from xinglin.apps.audit.models import Entry
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators import ledger, outside
from xinglin.apps.indicators.actions import add_facts, remove_facts, site_facts
from xinglin.apps.indicators.owners import alone
from xinglin.apps.indicators.pruning import prune
from xinglin.apps.installation.backup import archive
from xinglin.apps.organisations.loading import load_facts
from xinglin.apps.organisations.models import Facility
from xinglin.base.errors import DataError
from xinglin.facts import DatasetInfo, open_dataset, write_dataset
from xinglin.facts.layout import MANIFEST, read_manifest
from xinglin.simulate import simulate


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("outside")) / "data"
    simulate(COUNTY, year=2020, seed=1, out=folder)
    return folder


@pytest.fixture
def demonstration(settings: Any) -> Iterator[Path]:
    """A demonstration's home folder without facts; simulated data may come in."""
    settings.XINGLIN_DEMO = True
    facts = Path(django_settings.XINGLIN_HOME) / "facts"
    shutil.rmtree(facts, ignore_errors=True)
    yield facts
    shutil.rmtree(facts, ignore_errors=True)


def some(county: Path, folder: Path, tables: dict[str, pa.Table]) -> Path:
    """A data set with the county's facilities, and some tables in place of all others."""
    facility = open_dataset(county).arrow("facility")
    write_dataset(folder, {"facility": facility, **tables}, DatasetInfo(area=COUNTY, demonstration=True))
    return folder


def test_tables_without_an_owner_come_and_go(county: Path, demonstration: Path, tmp_path: Path) -> None:
    dataset = open_dataset(county)
    load_facts(dataset, None)
    found = add_facts(county, "甲院HIS", by=None)
    assert set(found.files) == {"visit", "prescription", "health_management"}
    assert not set(found.files) & set(alone())
    there = open_dataset(demonstration)
    for name in found.files:
        assert (
            there.arrow(name)
            .sort_by(there.arrow(name).column_names[0])
            .equals(dataset.arrow(name).sort_by(dataset.arrow(name).column_names[0]))
        )
    reports = [row for row in dataset.rows("reporting") if row["table"] in found.files]
    assert Sent.objects.count() == len(reports) > 0, "who has reported those tables is said with them"
    entry = Entry.objects.get(action="facts.add")
    assert (entry.object_id, entry.count) == ("甲院HIS", sum(found.rows().values()))

    visits = dataset.arrow("visit").slice(0, 100)
    with pytest.raises(DataError, match=r"100 行与来源“甲院HIS”重复"):
        add_facts(some(county, tmp_path / "same", {"visit": visits}), "乙院", by=None)
    renamed = visits.set_column(0, "visit", pa.array([f"B{number}" for number in range(100)]))
    second = add_facts(some(county, tmp_path / "second", {"visit": renamed}), "乙院", by=None)
    assert [one.name for one in outside.sources(demonstration)] == ["乙院", "甲院HIS"]
    assert open_dataset(demonstration).arrow("visit").num_rows == dataset.arrow("visit").num_rows + 100

    fewer = renamed.slice(0, 40)
    again = add_facts(some(county, tmp_path / "fewer", {"visit": fewer}), "乙院", by=None)
    assert again.rows() == {"visit": 40}
    assert open_dataset(demonstration).arrow("visit").num_rows == dataset.arrow("visit").num_rows + 40
    listed = {entry.path for entries in read_manifest(demonstration).tables.values() for entry in entries}
    assert not {entry.path for entry in second.files["visit"]} & listed, "replaced, not added to"

    remove_facts("乙院", by=None)
    assert open_dataset(demonstration).arrow("visit").num_rows == dataset.arrow("visit").num_rows
    with pytest.raises(DataError, match=r"没有名为“乙院”的外来事实表；现有：甲院HIS"):
        remove_facts("乙院", by=None)
    pruned = prune(demonstration, tmp_path)
    assert pruned is not None
    assert pruned.waiting > 0, "files of what was replaced go after their time of grace"


def test_what_may_not_come_in(county: Path, demonstration: Path, settings: Any, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"机构没有登记"):
        add_facts(county, "甲院", by=None)
    dataset = open_dataset(county)
    load_facts(dataset, None)
    owned = some(county, tmp_path / "owned", {"tcm_hall": dataset.arrow("tcm_hall")})
    with pytest.raises(DataError, match=r"没有要从外面取的表"):
        add_facts(owned, "甲院", by=None)
    settings.XINGLIN_DEMO = False
    with pytest.raises(DataError, match=r"演示数据"):
        add_facts(county, "甲院", by=None)
    assert Facility.objects.exists()
    assert not (demonstration / outside.LEDGER).exists()
    assert not Entry.objects.filter(action="facts.add").exists()


def test_a_torn_ledger_is_told(demonstration: Path) -> None:
    demonstration.mkdir(parents=True)
    (demonstration / outside.LEDGER).write_text(json.dumps({"甲": {}}), encoding="utf-8")
    with pytest.raises(DataError, match=r"outside\.json 读不出来.*备份"):
        outside.sources(site_facts())


def test_after_a_restore_they_are_there_again(county: Path, demonstration: Path) -> None:
    """A backup has the files and the ledger of them; the manifest is made anew by the next export."""
    load_facts(open_dataset(county), None)
    found = add_facts(county, "甲院HIS", by=None)
    names = archive._frozen_facts(demonstration.parent)
    wanted = {f"facts/{entry.path}" for entries in found.files.values() for entry in entries}
    assert {name for name, _ in names} >= {"facts/outside.json", *wanted}
    before = read_manifest(demonstration).tables
    (demonstration / MANIFEST).unlink()
    after = ledger.entries(demonstration, alone())
    assert {table: set(files) for table, files in after.items()} == {
        table: set(before[table]) for table in found.files
    }
    assert ledger.entries(demonstration, {"visit"}).keys() == found.files.keys() - {"visit"}, (
        "an app that keeps visits itself takes their place"
    )
