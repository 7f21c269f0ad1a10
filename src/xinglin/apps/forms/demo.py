"""Records that make the demonstration lively: what is going on today, made by the demonstration's accounts with the
same deeds as on the pages, so that histories, deadlines and approvals are real. All of it is marked （演示）.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from xinglin.apps.forms import lookup
from xinglin.apps.forms.actions import moving, saving, surveying
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import book
from xinglin.apps.forms.loading.surveys import answers_for
from xinglin.apps.forms.models import Link, Record
from xinglin.apps.organisations.models import Facility, TcmHall
from xinglin.records import check
from xinglin.records.samples import sample_of

MARK = "（演示）"
SEED = 3
ANSWERS, SATISFIED = (11, 16), 0.86
"""Answers per part of the round, and how many of those asked are satisfied."""
PROBLEMS = (
    ("煎药记录缺三天", -12, "serious"),
    ("针具一人一用的登记不全", -3, "minor"),
    ("饮片斗谱标签有两味写错", 4, "minor"),
    ("治疗室没有遮挡", 18, "minor"),
    ("中医病历辨证依据写得太简单", 9, "minor"),
    ("过期贴敷膏两盒未清理", 15, "serious"),
)
"""What was found, when it is due (days from today), how bad it is."""
COMPLAINTS = (
    ("卫生院的中药常常缺几味，要到县城去配", 1, "received"),
    ("做艾灸要等很久，能不能预约", 6, "assigned"),
    ("村卫生室下午常常关门", 12, "answered"),
    ("建议赶集日来做义诊", 20, "closed"),
)
"""What is said, days ago, how far it has come."""


class Lively:
    """Makes the records of a county. ``by``: role → the demonstration's account."""

    def __init__(self, place: str, by: Mapping[str, Any], today: date) -> None:
        self.place, self.by, self.today = place, by, today
        mine = scope_facility(by["facility_head"])
        centres = Facility.objects.filter(kind="township_hospital", valid_to=None, place__startswith=place)
        self.centres: Sequence[str] = list(centres.order_by("place", "pk").values_list("pk", flat=True))
        self.mine = mine if mine in self.centres else self.centres[0]

    def day(self, days: int) -> str:
        """A day so many days from today."""
        return (self.today + timedelta(days=days)).isoformat()

    def make(self, definition: str, role: str, **values: Any) -> Record:
        """A record of a definition, by the account of a role; what is not said is its sample, or left out."""
        known = book()[definition]
        raw = {**sample_of(known, {"place": self.place}), **values}
        for _ in range(3):
            faults = {fault.field for fault in check(known, raw, lookup.Database()).errors}
            raw = {name: value for name, value in raw.items() if name not in faults - set(values)}
        scores = None
        if known.standard is not None:
            scores = {name: {"self": item.points} for name, item in known.standard.items()}
        return saving.create(known, raw, by=self.by[role], scores=scores)

    def move(self, record: Record, role: str, *names: str, **raw: Any) -> None:
        """Move a record on."""
        known = book()[record.definition]
        for name in names:
            wanted = {field: raw[field] for field in known.moves[name].needs if field in raw}
            moving.move(record, known, name, by=self.by[role], wish=Wish(raw=wanted or None))
            record.refresh_from_db()

    # What is going on

    def rectifications(self) -> None:
        """Problems to be put right: some overdue, one handed in, one settled."""
        for number, (problem, due, severity) in enumerate(PROBLEMS):
            last = number >= len(PROBLEMS) - 2
            facility = self.mine if last else self.centres[number % len(self.centres)]
            start = {
                "date": self.day(-35),
                "due_on": self.day(due),
                "severity": severity,
                "patient_risk": False,
            }
            record = self.make(
                "rectification",
                "county_officer",
                facility=facility,
                problem=problem + MARK,
                source="appraisal",
                cause=None,
                plan=None,
                done_on=None,
                way=None,
                finding=None,
                **start,
            )
            if last:
                done = {"cause": "habit", "plan": "建登记本，每周核对" + MARK, "done_on": self.day(-2)}
                self.move(record, "facility_head", "submit", **done)
        self.move(record, "inspector", "accept", way="on_site", finding="到场看过，已清理" + MARK)

    def complaints(self) -> None:
        """Complaints and suggestions on their way."""
        for words, ago, until in COMPLAINTS:
            blank = dict.fromkeys(
                ("truth", "verified_on", "finding", "handler", "due_on", "answer", "answered_on")
            )
            blank |= dict.fromkeys(("answered_by", "content_with", "opened"))
            record = self.make(
                "complaint",
                "county_officer",
                date=self.day(-ago),
                content=words + MARK,
                facility=self.centres[ago % len(self.centres)],
                **blank,
            )
            verified = {"truth": "proven", "verified_on": self.day(1 - ago), "due_on": self.day(14 - ago)}
            answer = {"answer": "已改，谢谢" + MARK, "answered_on": self.day(3 - ago), "answered_by": "phone"}
            steps = ("received", "assigned", "answered", "closed").index(until)
            if steps:
                self.move(record, "county_officer", "accept", "assign", **verified)
            if steps > 1:
                self.move(record, "county_officer", "answer", **answer)
            if steps > 2:
                self.move(record, "inspector", "close", content_with="satisfied")

    def creation(self) -> None:
        """A demonstration county in the making: self-checks come in, problems are open."""
        dates = {"prepare_by": -60, "implement_by": -20, "check_by": 12, "rectify_by": 45, "archive_by": 70}
        done = dict.fromkeys(
            ("pre_score", "applied_on", "opinion", "accept_by", "named_on", "named_no", "all_checked")
        )
        record = self.make(
            "demonstration_creation",
            "county_officer",
            date=self.day(-120),
            kickoff_on=self.day(-100),
            apply_by=self.day(100),
            **{name: self.day(days) for name, days in dates.items()},
            **done,
        )
        self.move(record, "county_officer", "implement", "begin_check")
        check_ = self.make(
            "self_check_centre",
            "facility_head",
            facility=self.mine,
            creation=record.pk,
            date=self.day(-3),
            due_on=self.day(10),
            fix_by=self.day(20),
        )
        self.move(check_, "facility_head", "submit")
        for number, due in enumerate((-5, 9)):
            self.make(
                "creation_problem",
                "county_officer",
                parent=record.pk,
                date=self.day(-15),
                due_on=self.day(due),
                problem=("两个村卫生室没有独立的诊疗区", "康复设备还没有到位")[number] + MARK,
                **dict.fromkeys(("measures", "done_on", "finding")),
            )

    def grading(self) -> None:
        """A hall that asks to be graded."""
        hall = TcmHall.objects.filter(facility=self.mine, valid_to=None).first()
        if hall is not None:
            blank = dict.fromkeys(("visited_on", "published_on", "valid_until", "document_no"))
            record = self.make("hall_grade", "facility_head", hall=hall.pk, date=self.day(-6), **blank)
            self.move(record, "facility_head", "submit")

    def satisfaction(self) -> None:
        """A round that people are answering."""
        definition, random = book()["satisfaction"], Random(SEED)  # noqa: S311 - made up answers
        assert definition.survey is not None
        year = self.today.year
        record = self.make("satisfaction", "county_officer", date=self.day(-5), round=f"{year} 年本轮{MARK}")
        opens, closes = self.today - timedelta(days=5), self.today + timedelta(days=25)
        by = self.by["county_officer"]
        links: list[Link] = surveying.open_round(record, definition, opens=opens, closes=closes, by=by)
        for link in links:
            for number in range(random.randint(*ANSWERS)):
                given = answers_for(definition.survey, reached=random.random() < SATISFIED, random=random)
                surveying.answer(link, definition, given, page=f"demo-{link.pk[:16]}-{number}")

    def all(self) -> None:
        """Everything."""
        self.rectifications()
        self.complaints()
        self.creation()
        self.grading()
        self.satisfaction()


def scope_facility(user: Any) -> str:
    """The facility that an account works for."""
    return next((grant.facility for grant in user.grants_today() if grant.facility), "")
