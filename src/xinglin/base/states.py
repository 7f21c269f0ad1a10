"""Value state, verdict and due date are three things (`measures.md`), each with its own words."""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """A word for machines that knows its Chinese label."""

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return _LABELS[type(self).__name__][self.value]


class ValueState(Labelled):
    """What stands where a value is expected; none of them ever turns into 0."""

    NUMBER = "number"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    NOT_CLOSED = "not_closed"
    SUPPRESSED = "suppressed"


class Verdict(Labelled):
    """Promise against measurement, computed whenever there is a number, whatever the date."""

    MET = "met"
    NOT_MET = "not_met"
    WARN = "warn"
    NOT_JUDGED = "not_judged"


class Due(Labelled):
    """Where the date of the data stands between a target's issue and its deadline."""

    BEFORE_ISSUE = "before_issue"
    RUNNING = "running"
    DUE = "due"


class Strength(Labelled):
    """How binding a target is; only ``must`` can fail."""

    MUST = "must"
    EXPECTED = "expected"
    IN_PRINCIPLE = "in_principle"
    STRIVE = "strive"
    ENCOURAGE = "encourage"


class Scope(Labelled):
    """What a target binds: the place as a whole, or each unit inside it."""

    PLACE = "place"
    EACH_PREFECTURE = "each_prefecture"
    EACH_COUNTY = "each_county"
    EACH_FACILITY = "each_facility"


class Comparator(Labelled):
    """How a value is held against a threshold."""

    ALL = "all"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    BETWEEN = "between"
    EXISTS = "exists"
    ENCOURAGED = "encouraged"


_LABELS = {
    "ValueState": {
        "number": "有数",
        "not_reported": "未报",
        "not_applicable": "不适用",
        "not_closed": "未到期末",
        "suppressed": "样本过少，不公布",
    },
    "Verdict": {"met": "达标", "not_met": "未达标", "warn": "未达（非硬性）", "not_judged": "不评判"},
    "Due": {"before_issue": "文件发布前", "running": "进行中", "due": "已到期"},
    "Strength": {
        "must": "必须",
        "expected": "基本实现",
        "in_principle": "原则上",
        "strive": "力争",
        "encourage": "鼓励",
    },
    "Scope": {
        "place": "全域",
        "each_prefecture": "每个市",
        "each_county": "每个县",
        "each_facility": "每个机构",
    },
    "Comparator": {
        "all": "全部",
        "at_least": "≥",
        "more_than": ">",
        "between": "区间",
        "exists": "有",
        "encouraged": "鼓励",
    },
}
