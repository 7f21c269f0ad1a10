"""A visit as a client sends it, as the form of a visit would have it, and what is refused of it by its place."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError
from ninja import Field

from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Sent
from xinglin.apps.clinic import typed
from xinglin.apps.clinic.actions.prescribing import NotSafe
from xinglin.apps.clinic.chart import TEXTS, VITALS
from xinglin.knowledge.safety import Finding

SIGN_ON_THE_PAGE = "要处方人本人写明理由并当场再次签名，接口不能代签：请处方人在网页的接诊页开具，或改方"


class DiagnosisIn(Sent):
    """A TCM disease with its patterns."""

    disease: str = Field(max_length=60, description="病名或 GB/T 15657 代码")
    pattern: str = Field("", max_length=60, description="主证候，名称或代码")
    second: str = Field("", max_length=60, description="兼证候")


class WesternIn(Sent):
    """A western diagnosis."""

    name: str = Field(max_length=80, description="诊断名称")
    code: str = Field("", max_length=20, description="ICD-10 代码")


class HerbIn(Sent):
    """A herb."""

    name: str = Field(min_length=1, max_length=60, description="药名")
    grams: Decimal | None = Field(None, gt=0, le=3000, description="克数，最多两位小数")
    decoction: str = Field("", max_length=40, description="先煎、后下、包煎等")


class HerbsIn(Sent):
    """A prescription of herbs."""

    form: Literal["pieces", "granules", "powder", "pill", "paste"] = Field("pieces", description="剂型")
    route: Literal["oral", "external"] = Field("oral", description="内服、外用")
    doses: int = Field(1, ge=1, le=typed.MOST_DOSES, description="剂数")
    days: int | None = Field(None, ge=1, le=typed.MOST_DAYS, description="天数")
    times: int = Field(2, ge=1, le=6, description="每日次数")
    usage: str = Field("", max_length=120, description="用法")
    formula: str = Field("", max_length=40, description="所据经典方的编号")
    lines: list[HerbIn] = Field(min_length=1, max_length=typed.HERBS)


class PatentIn(Sent):
    """A patent medicine."""

    name: str = Field(min_length=1, max_length=60, description="药名")
    quantity: Decimal = Field(gt=0, le=1000, description="数量")
    unit: str = Field("盒", max_length=10)
    usage: str = Field(min_length=1, max_length=100, description="用法用量")


class TechniqueIn(Sent):
    """A technique to be done."""

    technique: str = Field(max_length=60, description="技术的代码或名称")
    site: str = Field(min_length=1, max_length=200, description="穴位或部位")
    method: str = Field("", max_length=200)
    sessions: int = Field(1, ge=1, le=60, description="共几次")
    now: bool = Field(True, description="这一次已经做了")


class VisitIn(Sent):
    """A visit, written and signed in one step."""

    resident: str = Field(max_length=40, description="居民编号")
    facility: str = Field(max_length=40, description="机构编号")
    texts: dict[str, str] = Field(
        default_factory=dict,
        description="、".join(f"{name} {label}" for name, (label, _) in TEXTS.items()),
    )
    vitals: dict[str, Decimal] = Field(
        default_factory=dict,
        description="、".join(f"{name} {told[0]}" for name, told in VITALS.items()),
    )
    tongue: list[str] = Field(default_factory=list, max_length=40, description="舌质的代码")
    coating: list[str] = Field(default_factory=list, max_length=40, description="舌苔的代码")
    left: list[str] = Field(default_factory=list, max_length=40, description="左脉的代码")
    right: list[str] = Field(default_factory=list, max_length=40, description="右脉的代码")
    pregnant: bool | None = Field(None, description="没有问过则为 null")
    lactating: bool | None = Field(None, description="没有问过则为 null")
    diagnoses: list[DiagnosisIn] = Field(default_factory=list, max_length=typed.PAIRS, description="中医诊断")
    western: list[WesternIn] = Field(default_factory=list, max_length=typed.WESTERN, description="西医诊断")
    herbs: HerbsIn | None = Field(None, description="中药处方")
    patents: list[PatentIn] = Field(default_factory=list, max_length=typed.PATENTS, description="中成药")
    techniques: list[TechniqueIn] = Field(default_factory=list, max_length=typed.TECHNIQUES)
    follow_days: int | None = Field(None, ge=1, le=365, description="几天后随访")


def plain_number(value: Decimal | None) -> str | None:
    """A number as people write it."""
    return None if value is None else f"{value:f}"


def unknown_names(body: VisitIn) -> Iterator[tuple[str, str]]:
    """Names of texts and vital signs that a record has not."""
    for part, known in (("texts", TEXTS), ("vitals", VITALS)):
        for name in getattr(body, part):
            if name not in known:
                yield f"body.{part}", f"没有“{name[:40]}”这一项：请对照接口说明"


def raw_of(body: VisitIn) -> dict[str, Any]:
    """The body as the form of a visit would have sent it: one reader for both."""
    found: dict[str, Any] = {
        **body.texts,
        **{name: plain_number(value) for name, value in body.vitals.items()},
    }
    found |= {name: getattr(body, name) for name in typed.WORDS}
    for name in ("pregnant", "lactating"):
        found[name] = {True: "yes", False: "no", None: ""}[getattr(body, name)]
    found["follow_days"] = str(body.follow_days or "")
    for at, one in enumerate(body.diagnoses):
        found |= {f"disease_{at}": one.disease, f"pattern_{at}": one.pattern, f"second_{at}": one.second}
    for at, other in enumerate(body.western):
        found |= {f"western_{at}": other.name, f"western_code_{at}": other.code}
    for at, sheet in enumerate(body.techniques):
        found |= {f"technique_{at}": sheet.technique, f"site_{at}": sheet.site, f"method_{at}": sheet.method}
        found |= {f"sessions_{at}": str(sheet.sessions), f"now_{at}": "" if sheet.now else "no"}
    return {name: value for name, value in (found | _drugs(body)).items() if value}


def _drugs(body: VisitIn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if body.herbs is not None:
        names = ("form", "route", "doses", "days", "times", "usage", "formula")
        found |= {name: str(getattr(body.herbs, name) or "") for name in names}
        for at, line in enumerate(body.herbs.lines):
            found |= {f"herb_{at}": line.name, f"grams_{at}": plain_number(line.grams) or ""}
            found[f"decoction_{at}"] = line.decoction
    for at, one in enumerate(body.patents):
        found |= {f"patent_{at}": one.name, f"quantity_{at}": plain_number(one.quantity)}
        found |= {f"unit_{at}": one.unit, f"patent_usage_{at}": one.usage}
    return found


def not_safe(error: NotSafe) -> Problem:
    """What the check found, line by line; nothing was written."""
    faults = [
        (_where(slot, one), _finding(one, signed=one in error.open))
        for slot, rows in error.found.items()
        for one in rows
        if one in error.stops or one in error.open
    ]
    what = "处方没有通过安全核对，没有写入。" + error.messages[0]
    return Problem(422, what if error.stops else f"{what}：{SIGN_ON_THE_PAGE}", faults)


def _where(slot: str, one: Finding) -> str:
    part = "body.herbs.lines" if slot == "herbs" else "body.patents"
    return f"{part}.{one.lines[0]}" if one.lines else part


def _finding(one: Finding, *, signed: bool) -> str:
    fix = f"{one.fix}；{SIGN_ON_THE_PAGE}" if signed else one.fix
    return f"{one.what}。{one.why}（{one.source}）。{fix}"


_PARTS = {
    "herb": "herbs.lines.{}.name",
    "grams": "herbs.lines.{}.grams",
    "decoction": "herbs.lines.{}.decoction",
    "patent": "patents.{}.name",
    "quantity": "patents.{}.quantity",
    "unit": "patents.{}.unit",
    "patent_usage": "patents.{}.usage",
    "technique": "techniques.{}.technique",
    "site": "techniques.{}.site",
    "disease": "diagnoses.{}.disease",
    "pattern": "diagnoses.{}.pattern",
    "second": "diagnoses.{}.second",
    "western": "western.{}.name",
    "western_code": "western.{}.code",
}
"""Numbered fields of the form → where they stand in a body."""


def refused(error: ValidationError) -> Problem:
    """Mistakes of the form by their place in the body."""
    if not hasattr(error, "error_dict"):
        return Problem(422, "；".join(error.messages), [("body", text) for text in error.messages])
    faults = [(_path(name), text) for name, texts in error.message_dict.items() for text in texts]
    return Problem(422, "就诊没有写入，逐条见 errors", faults)


def _path(name: str) -> str:
    head, _, number = name.rpartition("_")
    if head in _PARTS and number.isdigit():
        return f"body.{_PARTS[head].format(number)}"
    part = "texts." if name in TEXTS else "vitals." if name in VITALS else ""
    return f"body.{part}{name}"
