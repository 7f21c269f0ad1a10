"""`make demo`: Lianzhou simulated and evaluated, and a site with it, an account for every role."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from installation_factories import Installation

from xinglin.apps.access.table import access_table


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
