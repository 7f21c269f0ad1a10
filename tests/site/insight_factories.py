"""Published vintages for tests of insight: the simulated county at two dates, made once per session.

``from insight_factories import insight_site, published  # noqa: F401`` makes the fixtures known to a test file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from xinglin.apps.access.scope import Scope
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.pictures import Picture
from xinglin.cli.receipts import publish
from xinglin.cli.shared import inputs
from xinglin.simulate import simulate

COUNTY = "441882"
JUNE, DECEMBER = date(2020, 6, 30), date(2020, 12, 31)


@dataclass(frozen=True)
class Published:
    """Folders of what was published: the facts, and by date a vintage's folder."""

    facts: Path
    vintages: dict[date, Path]


@dataclass(frozen=True)
class InsightSite:
    """The test site's home with two vintages in it, oldest first."""

    june: Vintage
    december: Vintage

    def picture(self, *places: str, facilities: tuple[str, ...] = ()) -> Picture:
        """The newest vintage as an account with these places and facilities sees it."""
        return Picture(Scope(frozenset(places), frozenset(facilities)), self.december)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The simulated county published at two dates, in folders of its own."""
    root = Path(tmp_path_factory.mktemp("published"))
    simulate(COUNTY, year=2020, seed=1, out=root / "facts")
    vintages = {day: root / f"v{day}" for day in (JUNE, DECEMBER)}
    for day, folder in vintages.items():
        publish(inputs(root / "facts", COUNTY, day), folder)
    return Published(root / "facts", vintages)


@pytest.fixture
def insight_site(published: Published, db: Any) -> Iterator[InsightSite]:
    """The two vintages in the test site's home folder and its database."""
    del db
    home = Path(django_settings.XINGLIN_HOME)
    (home / "vintages").mkdir(parents=True, exist_ok=True)
    days = sorted(published.vintages)
    rows = [_row(f"V{number:018d}", day, number) for number, day in enumerate(days, 1)]
    links = {home / "facts": published.facts}
    links |= {home / "vintages" / row.pk: published.vintages[row.on] for row in rows}
    try:
        for link, folder in links.items():
            link.symlink_to(folder, target_is_directory=True)
        yield InsightSite(*rows)
    finally:
        for link in links:
            link.unlink(missing_ok=True)


def _row(pk: str, day: date, number: int) -> Vintage:
    hashes = {"facts_manifest": "0" * 64, "definitions": "0" * 64, "results": "0" * 64}
    at = datetime(2021, 1, number, 9, tzinfo=UTC)
    return Vintage.objects.create(id=pk, place=COUNTY, on=day, published_at=at, job=pk, **hashes)
