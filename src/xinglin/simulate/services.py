"""Visits and prescriptions of one month as rows, and monthly totals of who hands in totals."""

from __future__ import annotations

import calendar

import numpy as np
import pyarrow as pa

from xinglin.simulate.arrays import Row, from_columns, from_rows, numbered, person_hashes
from xinglin.simulate.setting import Integers, Setting
from xinglin.simulate.volumes import MONTHS, PRESCRIPTION_KINDS, Volumes

_FORM = "演示：机构月报"


def visit_month(setting: Setting, volumes: Volumes, month: int) -> pa.Table:
    """The `visit` rows of one month (1–12)."""
    random = setting.random(f"visit {month}")
    shown = volumes.events[:, month - 1]
    visits, tcm, non_drug = (
        np.where(shown, numbers[:, month - 1], 0)
        for numbers in (volumes.visits, volumes.tcm, volumes.non_drug)
    )
    facility = np.repeat(np.arange(len(visits)), visits)
    nth = np.arange(len(facility)) - np.repeat(np.cumsum(visits) - visits, visits)
    return from_columns(
        "visit",
        {
            "visit": numbered(f"demo-v{setting.parameters.place}{month:02d}", len(facility)),
            "facility": _facilities(volumes, facility),
            "person": person_hashes(
                setting.parameters.place, setting.seed, _patients(setting, facility, random)
            ),
            "date": _days(setting, month, len(facility), random),
            "tcm": nth < tcm[facility],
            "non_drug": nth < non_drug[facility],
        },
    )


def prescription_month(setting: Setting, volumes: Volumes, month: int) -> pa.Table:
    """The `prescription` rows of one month (1–12)."""
    random = setting.random(f"prescription {month}")
    shown = volumes.events[:, month - 1, None]
    numbers = np.where(shown, volumes.prescriptions[:, month - 1], 0)
    kinds = len(PRESCRIPTION_KINDS)
    which = np.repeat(np.arange(numbers.size), numbers.ravel())
    return from_columns(
        "prescription",
        {
            "prescription": numbered(f"demo-r{setting.parameters.place}{month:02d}", len(which)),
            "facility": _facilities(volumes, which // kinds),
            "date": _days(setting, month, len(which), random),
            "kind": pa.array(PRESCRIPTION_KINDS).take(pa.array(which % kinds)),
        },
    )


def _facilities(volumes: Volumes, positions: Integers) -> pa.Array:
    names = pa.array([site.facility for site in volumes.sites], pa.string())
    return names.take(pa.array(positions))


def _days(setting: Setting, month: int, count: int, random: np.random.Generator) -> pa.Array:
    first = np.datetime64(f"{setting.year}-{month:02d}-01", "D")
    days = random.integers(0, calendar.monthrange(setting.year, month)[1], count)
    return pa.array(first + days)


def _patients(setting: Setting, facility: Integers, random: np.random.Generator) -> Integers:
    """Residents near the facility, some of them often; one in ten comes from anywhere in the county."""
    residents = setting.parameters.population.residents
    near = np.maximum(residents // 20, 1)
    start = facility * np.int64(7919) % residents  # a neighbourhood of residents for every facility
    own = (start + (near * random.random(len(facility)) ** 3).astype(np.int64)) % residents
    anyone = random.integers(0, residents, len(facility))
    return np.where(random.random(len(facility)) < 0.1, anyone, own)


def total_table(setting: Setting, volumes: Volumes) -> pa.Table:
    """`facility_total`: what comes as monthly totals, discharges of every hospital and centre among them."""
    rx = volumes.prescriptions
    items = {
        "visits": volumes.visits,
        "tcm_visits": volumes.tcm,
        "non_drug_visits": volumes.non_drug,
        "prescriptions": rx.sum(axis=2),
        "tcm_prescriptions": rx[:, :, :-1].sum(axis=2),
        "herbal_prescriptions": rx[:, :, :2].sum(axis=2),
    }
    rows = [row for item, numbers in items.items() for row in _totals(setting, volumes, item, numbers)]
    rows += [
        row
        for row in _totals(setting, volumes, "discharges", volumes.discharges, volumes.handed_in)
        if volumes.discharges.any()
    ]
    return from_rows("facility_total", rows)


def _totals(
    setting: Setting, volumes: Volumes, item: str, numbers: Integers, shown: object = None
) -> list[Row]:
    mask = volumes.totals if shown is None else np.asarray(shown) & (numbers.sum(axis=1) > 0)[:, None]
    form = {"item": item, "source_form": _FORM}
    return [
        {
            "facility": volumes.sites[position].facility,
            "year": setting.year,
            "month": month + 1,
            "value": int(numbers[position, month]),
            **form,
        }
        for position in np.flatnonzero(mask.any(axis=1)).tolist()
        for month in range(MONTHS)
        if mask[position, month]
    ]
