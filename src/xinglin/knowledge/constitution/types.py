"""The nine constitutions and the verdicts a person may get on each."""

from __future__ import annotations

from enum import StrEnum


class Constitution(StrEnum):
    """One of the nine constitutions (ZYYXH/T 157-2009; the same nine in every instrument).

    The value is the Chinese name, as data files and printed forms write it; members stand in the order of the form.
    """

    BALANCED = "平和质"
    QI_DEFICIENCY = "气虚质"
    YANG_DEFICIENCY = "阳虚质"
    YIN_DEFICIENCY = "阴虚质"
    PHLEGM_DAMPNESS = "痰湿质"
    DAMP_HEAT = "湿热质"
    BLOOD_STASIS = "血瘀质"
    QI_STAGNATION = "气郁质"
    SPECIAL = "特禀质"

    @property
    def code(self) -> str:
        """Stable English word for records and facts: balanced, qi_deficiency …"""
        return self.name.lower()


BIASED = tuple(kind for kind in Constitution if kind is not Constitution.BALANCED)
"""The eight biased constitutions (偏颇体质)."""


class Verdict(StrEnum):
    """What is said of one constitution; the value is the printed word."""

    YES = "是"
    BASICALLY = "基本是"
    LEANING = "倾向是"
    NO = "否"


class Sex(StrEnum):
    """Sex as far as two items ask it (带下 of women, 阴囊潮湿 of men)."""

    FEMALE = "female"
    MALE = "male"

    @property
    def label(self) -> str:
        """Chinese word."""
        return {"female": "女性", "male": "男性"}[self.value]
