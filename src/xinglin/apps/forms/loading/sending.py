"""Who has reported what, out of the fact table ``reporting``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.exchange import bulk
from xinglin.apps.forms.models import Sent
from xinglin.apps.organisations.models import Facility


def load_reporting(rows: Iterable[Mapping[str, Any]], by: Any) -> int:
    """Write down what units said; how many words."""
    places = dict(Facility.objects.values_list("pk", "place"))
    found = [
        Sent(
            unit=row["unit"],
            table=row["table"],
            period=row["period"],
            place=places.get(row["unit"], row["unit"]),
            status=row["status"],
            reported_on=row["reported_on"],
        )
        for row in rows
    ]
    bulk.write(found)
    audit(by=by, action="reporting.load", kind="reporting", count=len(found))
    return len(found)
