"""Everything that describes one synthetic county, as plain frozen values."""

from __future__ import annotations

from decimal import Decimal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid")  # a misspelt key of a parameter file is told, not ignored


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Population:
    """Who lives in the county at the end of the year."""

    residents: int
    aged_65_plus: int
    children_0_36: int


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Premises:
    """Facilities below the county hospitals, as numbers of facilities.

    Every real township has one centre (a township hospital, in a street a community centre);
    ``second_centres`` townships have another. ``branch_rooms`` and ``closed_clinics`` come on top of
    ``village_clinics``: they exist in the register and must not be counted.
    """

    second_centres: int = 0
    village_clinics: int
    clinics_with_tcm: int
    clinics_with_corner: int
    branch_rooms: int = 0
    closed_clinics: int = 0
    stations: int = 0
    centres_without_hall: int = 0
    halls_below_standard: int = 0
    halls_unconnected: int = 0
    halls_silent: int = 0
    halls_upgraded: int = 0
    tcm_clinics: int = 6
    other_clinics: int = 10


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Staff:
    """People. Shares are 0–1; each centre's own share of TCM doctors lies within ``spread`` of the mean."""

    tcm_gps: int
    clinics_with_tcm_worker: int
    centre_tcm_share: float = 0.25
    spread: float = 0.11
    residents_per_centre_physician: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Techniques:
    """How many techniques facilities offer: the least and the most, spread evenly between them."""

    centre_least: int = 8
    centre_most: int = 20
    centre_categories: int = 6
    clinic_least: int = 1
    clinic_most: int = 11


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Services:
    """What was done in the year.

    ``grassroots_visits`` is the number of visits to centres, stations and village clinics, of which
    ``grassroots_tcm_visits`` are TCM visits. ``elderly_managed`` and ``children_managed`` are distinct people
    who meet the condition; ``elderly_assessed_only`` come on top and must not be counted.
    """

    grassroots_visits: int
    grassroots_tcm_visits: int
    elderly_managed: int
    elderly_assessed_only: int
    children_managed: int
    survey_responses: int = 400
    survey_reached: float = 0.19


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Gaps:
    """Shares (0–1) of what is missing from the reports; all 0 when everything was reported.

    ``silent`` facilities report nothing at all; ``missing`` is the share of other facility-months without
    report; ``totals`` facilities hand in monthly totals instead of visits; ``late`` reports came late.
    """

    silent: float = 0.0
    missing: float = 0.0
    totals: float = 0.0
    late: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class County:
    """County-level institutions and what they were given."""

    tcm_hospital: bool = True
    tcm_hospital_grade: str = "hospital_2a"
    tcm_kind: str = "tcm"
    consortium_townships: float = 0.33
    hall_standard: str | None = None
    education_base: bool = False
    demonstration_county: bool = False
    survey_reported: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Works:
    """What the county builds, trains, promotes and checks; shares are 0–1.

    ``equipped``: of facilities providing TCM, with premises and equipment for it. ``visited``: of grassroots
    facilities, supervised by the county in the year. ``survey_responses``: of each survey but that of literacy.
    """

    management_body: bool = True
    promotion_centre: bool = True
    centre_staff: int = 2
    trainers: int = 16
    backbone_teachers: int = 1
    techniques_promoted: int = 42
    specialties: int = 2
    studios: int = 1
    internet_hospital: bool = False
    emr: str = "emr_4"
    construction_met: bool = True
    age_friendly: bool = False
    equipped: float = 0.92
    knowledge_corners: float = 0.6
    preventive: float = 0.9
    teams_with_tcm: float = 0.9
    village_doctors_trained: float = 0.8
    backbone_trained: float = 0.7
    seconded: int = 3
    education_tcm: float = 0.5
    visited: float = 0.8
    survey_responses: int = 60
    satisfied: float = 0.92
    aware: float = 0.86


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Published:
    """A printed figure the county must reproduce.

    Attributes:
        name: what it says. value: as printed, its decimals being its precision. unit: %, 人/万人, 间.
        counts: name of the counting rule in ``published.RULES``. source: document and section.
        assumption: what had to be assumed to reproduce it.
    """

    name: str
    value: Decimal
    unit: str
    counts: str
    source: str
    assumption: str


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class CountyParameters:
    """One synthetic county: its real code and name, and everything else made up or calibrated.

    ``assumptions`` are Chinese sentences that go wherever the data go.
    """

    place: str
    name: str
    year: int
    population: Population
    premises: Premises
    staff: Staff
    services: Services
    techniques: Techniques = Techniques()
    county: County = County()
    works: Works = Works()
    gaps: Gaps = Gaps()
    published: tuple[Published, ...] = ()
    assumptions: tuple[str, ...] = ()
