"""Departments as the registers code them, from the units that documents print.

A document of the province names the province's departments; below it their counterparts answer. So a task keeps the
printed words, and the code says whose business it is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from xinglin.apps.forms.book import definition
from xinglin.apps.insight.tasks import TASK

OTHER = "other"
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("other", ("领导小组", "各相关部门", "残联", "工信", "外办", "商务")),
    ("office", ("办公室", "委办", "府办")),
    ("publicity", ("宣传",)),
    ("reform", ("发改", "发展改革", "发展和改革")),
    ("education", ("教育", "教体")),
    ("science", ("科技", "科学技术")),
    ("civil", ("民政",)),
    ("justice", ("司法",)),
    ("finance", ("财政",)),
    ("personnel", ("人社", "人力资源")),
    ("nature", ("自然资源", "林业")),
    ("agriculture", ("农业", "乡村振兴")),
    ("insurance", ("医保", "医疗保障")),
    ("market", ("市场监", "药监", "药品监")),
    ("culture", ("文化", "文旅", "文广", "旅游", "体育")),
    ("statistics", ("统计",)),
    ("township", ("乡镇", "街道", "镇人民政府")),
    ("health", ("卫生", "卫健", "中医药")),
    ("hospital", ("医院", "医共体")),
)
"""Parts of printed names; the first that fits decides (教体 before 体育, 医疗保障 before 卫生)."""


def department(printed: str) -> str:
    """The code of a printed unit; ``other`` for those the registers have no code for."""
    return next((code for code, words in _WORDS if any(word in printed for word in words)), OTHER)


def departments(printed: Iterable[str]) -> tuple[str, ...]:
    """Codes of printed units, in printed order, each once."""
    return tuple(dict.fromkeys(department(name) for name in printed))


@lru_cache(maxsize=1)
def labels() -> dict[str, str]:
    """Code → Chinese words, in the order of the register."""
    return dict(definition(TASK).fields["lead_unit"].options or {})
