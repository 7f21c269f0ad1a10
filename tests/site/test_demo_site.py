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
        and one.definition not in ("self_check_centre", "hall_grade", "complaint")],
}))
"""
RECOUNT = """
import django; django.setup()
from xinglin.apps.work import runner
from xinglin.apps.work.models import Job
runner.work_off()
job = Job.objects.get()
print(job.state, job.error, job.pk)
"""


def _counts_the_same(where: Installation, home: Path, data: Path) -> None:
    """A recount on the site gives what an evaluation of the data set itself does, for every target."""
    said = where.python(RECOUNT).split("\n")
    state, job = next(line.split() for line in said if line.startswith("done"))
    there = json.loads((home / "vintages" / job / "results.json").read_text(encoding="utf-8"))
    out = data.parent / "published"
    where.command("publish", str(data), "--place", "441882", "--on", "2020-12-31", "-o", str(out))
    here = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert state == "done"
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
from xinglin.apps.work.models import Job
print(Facility.objects.count() > 100, Job.objects.get().kind)
""")
    assert counted.split() == ["True", "facts.recount"]
    assert where.python(VALID).split("\n")[0] == "[]", "演示记录不合它们的定义"
    alive = json.loads(where.python(LIVELY))
    assert alive["overdue"] >= 4, "没有逾期的事项"
    assert alive["states"] == {
        "rectification": ["closed", "open", "submitted"],
        "complaint": ["answered", "assigned", "closed", "received"],
        "demonstration_creation": ["checking"],
        "self_check_centre": ["submitted"],
        "hall_grade": ["submitted"],
        "task_item": ["blocked", "running", "unassigned"],
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
