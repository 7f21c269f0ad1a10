"""`make demo`: Lianzhou simulated and evaluated, and a site with it, an account for every role."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from installation_factories import Installation

from xinglin.apps.access.table import access_table

VALID = """
import django; django.setup()
from xinglin.apps.forms import lookup
from xinglin.apps.forms.book import book
from xinglin.apps.forms.history import strays
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import values_in
from xinglin.records import check
known = lookup.Database()
wrong = {(one.definition, fault.field, fault.fault.what) for one in Record.objects.all()
    for fault in check(book()[one.definition], {n: v for n, v in values_in(one, book()[one.definition]).items()
        if book()[one.definition].fields[n].computed is None}, known).errors}
print([*sorted(wrong), *strays(Record.objects.all())])
"""
LIVELY = """
import django; django.setup()
import json
from django.utils import timezone
from xinglin.apps.forms.models import Answer, Deadline, Event, Record
moving = ("rectification", "complaint", "demonstration_creation", "self_check_centre", "hall_grade", "task_item",
    "creation_problem")
states = {name: sorted(set(Record.objects.filter(definition=name).values_list("state", flat=True))) for name in moving}
lively = Record.objects.filter(definition__in=moving)
print(json.dumps({
    "overdue": Deadline.objects.overdue_on(timezone.localdate()).filter(record__in=lively).count(),
    "states": states,
    "answers": Answer.objects.count(),
    "unmarked": [one.pk for one in lively if "演示" not in json.dumps([one.document, one.title], ensure_ascii=False)
        and one.definition not in ("self_check_centre", "hall_grade", "complaint", "task_item")],
}))
"""
PICTURES = """
import django; django.setup()
import json
from xinglin.apps.access.scope import Scope
from xinglin.apps.insight import pictures
from xinglin.apps.work.models import Job
scope = Scope(frozenset(["441882"]))
vintages = pictures.vintages_of(scope)
picture = pictures.Picture(scope, vintages[0])
print(json.dumps({
    "jobs": sorted({(job.kind, job.state) for job in Job.objects.all()}),
    "vintages": [[one.pk, str(one.on)] for one in vintages],
    "numbers": sum(row.value is not None for row in picture.rows_of_results("441882")),
    "history": [len(picture.history(one.key, "441882")) for one in picture.measures()[:3]],
    "demonstration": picture.info.demonstration,
}))
"""


def _counts_the_same(where: Installation, home: Path, data: Path) -> None:
    """The site's newest vintage says what an evaluation of the data set itself does, for every target."""
    shown = json.loads(where.python(PICTURES).strip().split("\n")[-1])
    assert shown["jobs"] == [["facts.recount", "done"]]
    assert [day for _, day in shown["vintages"]] == ["2020-12-31", "2020-06-30"]
    assert shown["numbers"] > 40
    assert shown["history"] == [2, 2, 2]
    assert shown["demonstration"]
    newest = shown["vintages"][0][0]
    there = json.loads((home / "vintages" / newest / "results.json").read_text(encoding="utf-8"))
    out = data.parent / "published"
    where.command("publish", str(data), "--place", "441882", "--on", "2020-12-31", "-o", str(out))
    here = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(there["results"]) > 40
    assert there["results"] == here["results"]


@pytest.mark.any_database
def test_the_demonstration_makes_a_site_with_an_account_for_every_role(tmp_path: Path) -> None:
    plain = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    home = tmp_path / "demo" / "site-home"
    where = Installation(home, {**plain, "XINGLIN_HOME": str(home), "DEMO_NO_SERVE": "1"})
    said = where.command("demo", "-o", str(tmp_path / "demo"), "--site")
    for role in access_table().roles.values():
        assert role.label in said
    assert "demo-county-officer" in said
    assert "demo-county-officer" in where.run("codes")
    assert "xinglin.W006" in where.run("check")
    counted = where.python("""
import django; django.setup()
from xinglin.apps.organisations.models import Facility
print(Facility.objects.count() > 100)
""")
    assert counted.split() == ["True"]
    assert where.python(VALID).split("\n")[0] == "[]", "演示记录不合它们的定义"
    alive = json.loads(where.python(LIVELY))
    assert alive["overdue"] >= 4, "没有逾期的事项"
    assert alive["states"] == {
        "rectification": ["closed", "open", "submitted"],
        "complaint": ["answered", "assigned", "closed", "received"],
        "demonstration_creation": ["checking"],
        "self_check_centre": ["submitted"],
        "hall_grade": ["submitted"],
        "task_item": ["blocked", "closed", "revoked", "running", "submitted", "unassigned"],
        "creation_problem": ["open"],
    }
    assert alive["answers"] > 740
    assert not alive["unmarked"], "没有标明演示的记录"
    _counts_the_same(where, home, tmp_path / "demo" / "lianzhou-2020")
    again = where.command("demo", "-o", str(tmp_path / "demo"), "--site")
    assert "demo-county-officer" in again


@pytest.mark.any_database
def test_what_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    from rich.console import Console

    from xinglin.base.errors import XinglinError
    from xinglin.cli.demo import PLACE, YEAR
    from xinglin.cli.demo_site import make_demo_site

    (tmp_path / "keys.json").write_text("x")
    with pytest.raises(XinglinError, match="不是演示站点"):
        make_demo_site(tmp_path, tmp_path, PLACE, date(YEAR, 12, 31), Console(quiet=True))
    assert (tmp_path / "keys.json").read_text() == "x"
