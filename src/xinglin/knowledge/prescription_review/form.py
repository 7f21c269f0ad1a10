"""Items that are about the form of a prescription (N01-N15): what can be seen without knowing medicine."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.knowledge.prescription_review.model import Hit, Reviewed
from xinglin.knowledge.prescription_review.parameters import number
from xinglin.knowledge.safety import Level

FIELDS = ("机构", "费别", "姓名", "性别", "年龄", "门诊号", "科别", "日期", "诊断")
"""Fields of the head that every prescription of pieces must fill."""
_VAGUE = ("遵医嘱", "自用", "备用", "用法同前", "照旧", "如前")
_ROLES = "君臣佐使"
_HERBS_ALONE = ("pieces", "granules")
_PROVISIONAL = "A17"  # provisional terms of GB/T 15657 are no outpatient diagnosis


def hits(record: Reviewed) -> Iterator[Hit]:
    """Every item of form that is hit."""
    for item, look in _LOOKS.items():
        yield from (Hit(item, what, suggested=item == "N15") for what in look(record))


def _fields(record: Reviewed) -> Iterator[str]:
    for name in FIELDS:
        text = record.fields.get(name, "").strip()
        if not text:
            yield f"“{name}”没有填写"
        elif name in ("姓名", "科别", "机构") and (text.isdigit() or len(text) == 1):
            yield f"“{name}”写作“{text}”，无法辨认"
    if not record.prescription.lines:
        yield "正文没有药"


def _signature(record: Reviewed) -> Iterator[str]:
    signed = record.signed
    if signed is None:
        yield "没有医师签名"
    elif signed.person != record.prescriber:
        yield f"签名是{signed.person}，开方的是{record.prescriber}"
    elif not record.may_prescribe:
        yield f"{signed.person}当日在本机构没有处方权"


def _pharmacy(record: Reviewed) -> Iterator[str]:
    steps = {"审核": record.audit, "调配": record.dispense, "核对": record.check, "发药": record.issue}
    missing = [name for name, hand in steps.items() if hand is None]
    if missing:
        yield f"{'、'.join(missing)}没有人员和时间"
    same = record.dispense and record.check and record.dispense.person == record.check.person
    if same and not record.one_pharmacist:
        yield "调配与核对是同一人"
    if record.audit is not None and record.audit.person == record.prescriber:
        yield "审核人就是开方医师"


def _infant(record: Reviewed) -> Iterator[str]:
    if not record.infant:
        return
    if record.age_months is None and record.age_days is None:
        yield f"{number('infant_months')}个月以下没有写月龄"
    elif record.age_months == 0 and record.age_days is None:
        yield "不满一个月没有写日龄"


def _mixed(record: Reviewed) -> Iterator[str]:
    if record.other_drugs and record.prescription.kind in _HERBS_ALONE:
        yield f"饮片处方上有{'、'.join(record.other_drugs)}"


def _usage(record: Reviewed) -> Iterator[str]:
    vague = [word for word in _VAGUE if word in record.usage]
    if vague:
        yield f"用法写“{'、'.join(vague)}”"
    elif not record.usage.strip():
        yield "没有写用法"
    else:
        lacking = [name for name, words in _USAGE.items() if not any(word in record.usage for word in words)]
        if lacking:
            yield f"用法没有写{'、'.join(lacking)}"


_USAGE = {
    "每日剂数或次数": ("每日", "一日", "日", "每天", "隔日"),
    "服法": ("服", "洗", "敷", "熏", "泡", "灌", "漱", "涂"),
}


def _changed(record: Reviewed) -> Iterator[str]:
    if record.signed is not None and record.changed > record.signed.at:
        yield "签名以后又有修改，没有重新签名"
    answered = {one.key for one in record.answered if one.reason.strip() and one.signed is not None}
    for finding in record.findings:
        if finding.level is Level.SIGN and finding.key not in answered:
            yield f"{finding.what}，没有理由或再次签名"


def _diagnosis(record: Reviewed) -> Iterator[str]:
    if not [code for code in record.diseases if not code.startswith(_PROVISIONAL)]:
        yield "没有中医病名诊断"
    if not record.syndromes:
        yield "没有证候诊断"


def _days(record: Reviewed) -> Iterator[str]:
    days = record.prescription.lasts
    usual = number("days_emergency" if record.emergency else "days_outpatient")
    if days > number("days_long"):
        yield f"共{days}日量，超过长期处方的最长期限"
    elif days > usual and not record.long_reason.strip():
        yield f"共{days}日量，超过{usual}日而没有理由"


def _order(record: Reviewed) -> Iterator[str]:
    places = [_ROLES.index(role) for role in record.roles if role in _ROLES and role]
    if places != sorted(places):
        yield "没有按君臣佐使排列"


_LOOKS = {
    "N01": _fields,
    "N02": _signature,
    "N03": _pharmacy,
    "N04": _infant,
    "N05": _mixed,
    "N08": _usage,
    "N09": _changed,
    "N10": _diagnosis,
    "N12": _days,
    "N15": _order,
}
