"""What belongs to the county as a whole: population, survey, consortia, assessments and designations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa

from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.setting import Setting, apportion, choose, day_between
from xinglin.simulate.sites import CENTRES, Site
from xinglin.simulate.workers import Worker


def population_table(setting: Setting) -> pa.Table:
    """`population`: the county as given, and its townships by an estimate that adds up to it."""
    people, ground = setting.parameters.population, setting.ground
    random = setting.random("population")
    villages = np.array([len(ground.villages[place.code]) for place in ground.townships], dtype=np.float64)
    weights = villages * random.lognormal(0.0, 0.2, len(villages))
    columns = [
        apportion(total, weights) for total in (people.residents, people.aged_65_plus, people.children_0_36)
    ]
    county = (people.residents, people.aged_65_plus, people.children_0_36)
    parts = zip(*(column.tolist() for column in columns), strict=True)
    rows = [_people(setting, setting.parameters.place, county)]
    rows += [_people(setting, place.code, part) for place, part in zip(ground.townships, parts, strict=True)]
    return from_rows("population", rows)


def _people(setting: Setting, place: str, numbers: Sequence[int]) -> Row:
    residents, old, young = numbers
    row = {"place": place, "year": setting.year, "residents": residents}
    return {**row, "aged_65_plus": old, "children_0_36": young}


def survey_table(setting: Setting) -> pa.Table:
    """`survey_response`: a small weighted sample of the literacy survey, and the county's own, unweighted."""
    if not setting.parameters.county.survey_reported:
        return from_rows("survey_response", [])
    drafts = [*_literacy(setting), *_own_surveys(setting)]
    rows = [{"response": setting.id("s", number), **row} for number, row in enumerate(drafts, start=1)]
    return from_rows("survey_response", rows)


def _literacy(setting: Setting) -> Iterator[Row]:
    services, random = setting.parameters.services, setting.random("survey")
    for _ in range(services.survey_responses):
        row = _answered(setting, random, "tcm_literacy")
        weight = Decimal(int(random.integers(50, 200))) / 100
        yield {**row, "weight": weight, "reached": bool(random.random() < services.survey_reached)}


def _own_surveys(setting: Setting) -> Iterator[Row]:
    works, random = setting.parameters.works, setting.random("own surveys")
    others = ("knowledge_awareness", "service_awareness", "policy_awareness")
    for survey, share in {"satisfaction": works.satisfied, **dict.fromkeys(others, works.aware)}.items():
        for _ in range(works.survey_responses):
            row = _answered(setting, random, survey)
            yield {**row, "weight": Decimal(1), "reached": bool(random.random() < share)}


def _answered(setting: Setting, random: np.random.Generator, survey: str) -> Row:
    places = setting.ground.townships
    place = places[int(random.integers(len(places)))].code
    day = day_between(random, date(setting.year, 9, 1), date(setting.year, 11, 30))
    return {"survey": survey, "place": place, "date": day}


def consortium_tables(setting: Setting, sites: Sequence[Site]) -> dict[str, pa.Table]:
    """`consortium`, `membership`, `catchment`: one led by each hospital, townships divided among them."""
    rows: dict[str, list[Row]] = {"consortium": [], "membership": [], "catchment": []}
    for number, (lead, townships) in enumerate(_divided(setting, sites), start=1):
        _add_consortium(setting, sites, rows, number, lead, townships)
    return {name: from_rows(name, content) for name, content in rows.items()}


def _divided(setting: Setting, sites: Sequence[Site]) -> Iterator[tuple[Site, set[str]]]:
    random, townships = setting.random("consortia"), setting.ground.townships
    codes = {place.code for place in townships}
    theirs: set[str] = set()
    tcm = next((site for site in sites if site.kind == "tcm_hospital"), None)
    share = setting.parameters.county.consortium_townships
    if tcm and share:
        theirs = {place.code for place in choose(random, townships, max(1, round(len(townships) * share)))}
    if codes - theirs:
        yield next(site for site in sites if site.kind == "general_hospital"), codes - theirs
    if tcm and theirs:
        yield tcm, theirs


def _add_consortium(
    setting: Setting,
    sites: Sequence[Site],
    rows: dict[str, list[Row]],
    number: int,
    lead: Site,
    townships: set[str],
) -> None:
    random = setting.random(f"consortium {number}")
    key, since = setting.id("g", number), date(setting.year - 1, 7, 1)
    name = f"{setting.ground.county.name}第{'一二'[number - 1]}医共体（演示）"
    head = {"consortium": key, "name": name, "lead": lead.facility, "place": setting.parameters.place}
    rows["consortium"].append({**head, "tight": lead.kind != "tcm_hospital", "valid_from": since})
    members = [site for site in sites if site.kind in CENTRES and site.township in townships]
    apart = choose(random, members, 1)  # one member always lags, so that the gap can be shown
    for site in [lead, *members]:
        link = {"consortium": key, "facility": site.facility, "valid_from": since}
        shared = site is lead or bool(random.random() < 0.8)
        rows["membership"].append(
            {**link, "clinical_exchange": site not in apart, "shared_management": shared}
        )
    rows["catchment"] += [
        {"consortium": key, "place": code, "valid_from": since} for code in sorted(townships)
    ]


def recognition_tables(
    setting: Setting, sites: Sequence[Site], halls: pa.Table, workers: Sequence[Worker]
) -> dict[str, pa.Table]:
    """`assessment` and `designation`."""
    random = setting.random("recognitions")
    drafts = [*_hospital_grades(setting, sites), *_hall_results(setting, halls, random)]
    drafts += [*_hospital_checks(setting, sites), *_titles(setting, workers)]
    assessments = [{"assessment": setting.id("a", n), **row} for n, row in enumerate(drafts, start=1)]
    designations = [
        {"designation": setting.id("d", n), **row}
        for n, row in enumerate(_designated(setting, sites), start=1)
    ]
    return {
        "assessment": from_rows("assessment", assessments),
        "designation": from_rows("designation", designations),
    }


def _hospital_grades(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    grades = {
        "tcm_hospital": setting.parameters.county.tcm_hospital_grade,
        "general_hospital": "hospital_2a",
        "maternal_child_hospital": "level_2",
    }
    on = date(setting.year - 3, 11, 20)
    for site in sites:
        if site.kind in grades:
            result = grades[site.kind]
            yield {"thing": site.facility, "standard": "hospital_grade", "date": on, "result": result}
        if site.kind == "tcm_hospital":
            standard = {"thing": site.facility, "standard": "county_hospital_basic"}
            yield {**standard, "date": date(setting.year - 2, 5, 10), "result": "passed"}


def _hospital_checks(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    """The TCM hospital's medical records and buildings, as last assessed."""
    works = setting.parameters.works
    results = {"emr": works.emr, "hospital_construction": "passed" if works.construction_met else "failed"}
    for site in sites:
        if site.kind == "tcm_hospital":
            for standard, result in results.items():
                on = date(setting.year - 1, 8, 20)
                yield {"thing": site.facility, "standard": standard, "date": on, "result": result}


def _titles(setting: Setting, workers: Sequence[Worker]) -> Iterator[Row]:
    """Professional titles of TCM doctors; one in ten has none."""
    random = setting.random("titles")
    titles, shares = (
        ["title_junior", "title_middle", "title_associate", "title_senior"],
        [0.5, 0.33, 0.13, 0.04],
    )
    for worker in workers:
        if worker.tcm_doctor and random.random() < 0.9:
            on = day_between(random, date(setting.year - 12, 1, 1), date(setting.year - 1, 12, 31))
            result = str(random.choice(titles, p=shares))
            standard = "professional_title"
            yield {"thing": worker.practitioner, "standard": standard, "date": on, "result": result}


def _hall_results(setting: Setting, halls: pa.Table, random: np.random.Generator) -> Iterator[Row]:
    parameters, ids = setting.parameters, halls["hall"].to_pylist()
    for hall in choose(random, ids, parameters.premises.halls_upgraded):
        on = day_between(random, date(setting.year, 3, 1), date(setting.year, 11, 30))
        yield {"thing": hall, "standard": "hall_upgrade", "date": on, "result": "passed"}
    for hall in ids if parameters.county.hall_standard else ():
        if random.random() < 0.92:
            on = day_between(random, date(setting.year - 1, 3, 1), date(setting.year, 11, 30))
            yield _graded(parameters.county.hall_standard, hall, on, random)


def _graded(standard: str | None, hall: str, on: date, random: np.random.Generator) -> Row:
    row = {"thing": hall, "standard": standard, "date": on}
    if standard == "hall_grade":
        return {**row, "result": str(random.choice(["hall_3", "hall_4", "hall_5"], p=[0.55, 0.28, 0.17]))}
    return {**row, "result": "passed" if random.random() < 0.55 else "failed"}


def _designated(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    county, on = setting.parameters.county, date(setting.year - 1, 9, 1)
    host = next((site for site in sites if site.kind == "tcm_hospital"), None)
    if county.education_base and host:
        yield {"thing": host.facility, "kind": "education_base", "date": on}
    if county.demonstration_county:
        yield {"thing": setting.parameters.place, "kind": "demonstration_county", "date": on}
    if setting.parameters.works.age_friendly and host:
        yield {"thing": host.facility, "kind": "age_friendly", "date": on}
