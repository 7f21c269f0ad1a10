"""What the county does in the year beside treating people: training, promotion, health education, supervision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from xinglin.facts import technique_rows
from xinglin.simulate.arrays import Row
from xinglin.simulate.setting import Setting, choose, day_between
from xinglin.simulate.sites import CENTRES, GRASSROOTS, Site
from xinglin.simulate.workers import Worker
from xinglin.simulate.works import chosen_trainers, numbered_rows

_EDUCATION = {"lecture": 0.4, "material": 0.25, "free_clinic": 0.15, "exercise": 0.1, "community": 0.1}
_TECHNIQUE_COURSES = 0.15  # of the doctors of centres go to one in the year
_REPEATED = 3  # a technique is promoted to so many facilities at most


def activity_tables(
    setting: Setting, sites: Sequence[Site], workers: Sequence[Worker]
) -> dict[str, pa.Table]:
    """`training`, `promotion`, `education_activity` and `supervision_visit`, all of the year."""
    running = [site for site in sites if site.running]
    drafts = {
        "training": ("k", _trainings(setting, workers)),
        "promotion": ("n", _promotions(setting, [site for site in running if site.kind in GRASSROOTS])),
        "education_activity": ("e", _education(setting, running)),
        "supervision_visit": ("y", _supervision(setting, running)),
    }
    return {name: numbered_rows(setting, name, letter, rows) for name, (letter, rows) in drafts.items()}


def _day(setting: Setting, random: np.random.Generator) -> date:
    return day_between(random, date(setting.year, 3, 1), date(setting.year, 12, 20))


# Training


def _trainings(setting: Setting, workers: Sequence[Worker]) -> Iterator[Row]:
    works, random = setting.parameters.works, setting.random("training")
    trainers = chosen_trainers(setting, workers)
    centre = [worker for worker in workers if worker.site.kind in CENTRES and worker.doctor]
    rural = [worker for worker in workers if worker.licence == "village_doctor"]
    western = [worker for worker in centre if worker.category == "clinical" and worker.tcm_able]
    groups = {
        "county_trainer": trainers[: works.backbone_teachers],
        "hall_backbone": _backbone(setting, random, centre),
        "village_doctor": choose(random, rural, round(len(rural) * works.village_doctors_trained)),
        "technique": choose(random, centre, round(len(centre) * _TECHNIQUE_COURSES)),
        "western_learning_tcm": choose(random, western, len(western) // 3),
    }
    for programme, people in groups.items():
        for worker in people:
            yield _training(setting, random, programme, worker)


def _backbone(setting: Setting, random: np.random.Generator, centre: Sequence[Worker]) -> list[Worker]:
    """One TCM doctor each from some of the centres."""
    first = {worker.site.facility: worker for worker in reversed(centre) if worker.tcm_doctor}
    wanted = round(len(first) * setting.parameters.works.backbone_trained)
    return choose(random, [first[key] for key in sorted(first)], wanted)


def _training(setting: Setting, random: np.random.Generator, programme: str, worker: Worker) -> Row:
    return {
        "programme": programme,
        "practitioner": worker.practitioner,
        "place": worker.site.place,
        "facility": worker.site.facility,
        "date": _day(setting, random),
        "completed": bool(random.random() < 0.95),
    }


# Promotion


def _promotions(setting: Setting, grassroots: Sequence[Site]) -> Iterator[Row]:
    """Techniques of every category promoted to a few facilities each, now and then to the whole county."""
    works, random = setting.parameters.works, setting.random("promotion")
    wanted = works.techniques_promoted if works.promotion_centre else 0
    for code in _techniques(random, wanted):
        for site in choose(random, grassroots, int(random.integers(1, _REPEATED + 1))):
            whole = bool(random.random() < 0.1)
            yield {
                "technique": code,
                "level": "county",
                "place": setting.parameters.place if whole else site.place,
                "facility": None if whole else site.facility,
                "date": _day(setting, random),
                "people": int(random.integers(4, 40)),
            }


def _techniques(random: np.random.Generator, count: int) -> list[str]:
    """``count`` different techniques, one of each category first."""
    rows = [technique_rows()[i] for i in random.permutation(len(technique_rows())).tolist()]
    first = {row["category"]: row["technique"] for row in reversed(rows)}
    rest = [row["technique"] for row in rows if row["technique"] not in first.values()]
    return [*sorted(first.values()), *rest][:count]


# Health education


def _education(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    """About one a quarter in hospitals and centres, one a year in a third of the other grassroots facilities."""
    random = setting.random("education")
    for site in sites:
        small = site.kind in GRASSROOTS and site.kind not in CENTRES
        count = int(random.random() < 0.35) if small else int(random.integers(3, 7))
        for _ in range(count if site.kind in GRASSROOTS or site.kind.endswith("hospital") else 0):
            yield _activity(setting, random, site)


def _activity(setting: Setting, random: np.random.Generator, site: Site) -> Row:
    share = setting.parameters.works.education_tcm
    return {
        "kind": str(random.choice(list(_EDUCATION), p=list(_EDUCATION.values()))),
        "place": site.place,
        "facility": site.facility,
        "date": _day(setting, random),
        "tcm": bool(random.random() < (1.0 if site.kind == "tcm_hospital" else share)),
        "people": int(random.integers(12, 160)),
    }


# Supervision


def _supervision(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    """Visits of the county to its grassroots facilities, of the city to some of them and to the county itself."""
    works, random = setting.parameters.works, setting.random("supervision")
    grassroots = [site for site in sites if site.kind in GRASSROOTS]
    yield {"level": "prefecture", "place": setting.parameters.place, "date": _day(setting, random)}
    for level, share in (("county", works.visited), ("prefecture", works.visited / 3)):
        for site in choose(random, grassroots, round(len(grassroots) * share)):
            day = _day(setting, random)
            yield {"level": level, "place": site.place, "facility": site.facility, "date": day}
