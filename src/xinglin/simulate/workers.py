"""Who works where, read back from the tables of people and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from xinglin.simulate.sites import Site

_DOCTORS = ("physician", "assistant_physician")


@dataclass(frozen=True, slots=True)
class Worker:
    """A person at the main place of work of today."""

    practitioner: str
    licence: str
    category: str
    tcm_able: bool
    site: Site

    @property
    def doctor(self) -> bool:
        """Whether the person is a (assistant) physician."""
        return self.licence in _DOCTORS

    @property
    def tcm_doctor(self) -> bool:
        """Whether the person is a (assistant) physician of the TCM category."""
        return self.doctor and self.category == "tcm"


def workers_of(tables: Mapping[str, pa.Table], sites: Sequence[Site]) -> tuple[Worker, ...]:
    """Everybody who is in post, in the order of the posts."""
    places = {site.facility: site for site in sites}
    people = {row["practitioner"]: row for row in tables["practitioner"].to_pylist()}
    return tuple(
        _worker(people[post["practitioner"]], places[post["facility"]])
        for post in tables["post"].to_pylist()
        if post["main"] and post["valid_to"] is None
    )


def _worker(person: Mapping[str, object], site: Site) -> Worker:
    name, licence, category = (str(person[key]) for key in ("practitioner", "licence", "category"))
    return Worker(name, licence, category, bool(person["tcm_able"]), site)
