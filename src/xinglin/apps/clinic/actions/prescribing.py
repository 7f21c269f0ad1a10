"""The one action that writes prescriptions. Whatever the way (page, copy, template, correction, import, API), what is
written is checked here, in the same transaction.

A stop refuses the whole save. What asks for a signature is written only with a reason for each finding and a renewed
proof of who signs. Tables of prescriptions refuse every other writer (`models.PastTheCheck`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import checking, signing
from xinglin.apps.clinic.chart import Chart, Patent
from xinglin.apps.clinic.models import (
    Encounter,
    Prescription,
    PrescriptionLine,
    Seat,
    ShelfItem,
    Signature,
    Slot,
)
from xinglin.apps.clinic.models.prescription import CHECKED
from xinglin.knowledge import herbs
from xinglin.knowledge.safety import Finding, Level

SHORTEST_REASON = 4
Found = dict[str, tuple[Finding, ...]]


class NotSafe(ValidationError):  # noqa: N818 – says what is the matter
    """The check does not let it pass as it is; ``found`` says what and why. Nothing was written.

    Attributes:
        found: findings by slot. stops: those that nobody can sign away. open: those that wait for a reason.
        proof: whether only the renewed signature is lacking.
    """

    def __init__(self, found: Found, answers: Mapping[str, str]) -> None:
        self.found = found
        self.stops = checking.levels(found, Level.STOP)
        asked = checking.levels(found, Level.SIGN)
        self.open = [one for one in asked if not good_reason(answers.get(checking.fingerprint(one), ""))]
        self.proof = not self.stops and not self.open
        super().__init__(self._words())

    def _words(self) -> str:
        if self.stops:
            return f"处方有 {len(self.stops)} 处不能开具，必须修改：" + "；".join(
                one.what for one in self.stops
            )
        if self.open:
            return f"处方有 {len(self.open)} 处要写明理由并再次签名"
        return "请再输一次密码（或动态口令），确认您坚持这样开"


def good_reason(text: str) -> bool:
    """Whether a reason says something: not a dot, not the same sign over and over."""
    plain = text.strip()
    return len(plain) >= SHORTEST_REASON and len(set(plain)) >= SHORTEST_REASON - 1


@dataclass(frozen=True)
class Again:
    """What was answered to the check (双签字).

    Attributes:
        reasons: fingerprint of a finding → reason. proved: a renewed proof of who signs was given just now.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    proved: bool = False


NOTHING_SIGNED_AGAIN = Again()


@dataclass(frozen=True)
class Pen:
    """Who writes, when, what was answered to the check, and why a signed record is corrected."""

    by: Any
    seat: Seat
    at: datetime
    again: Again = NOTHING_SIGNED_AGAIN
    reason: str = ""
    request: Any = None


@contextmanager
def _checked() -> Iterator[None]:
    token = CHECKED.set(True)
    try:
        yield
    finally:
        CHECKED.reset(token)


def write(encounter: Encounter, chart: Chart, pen: Pen) -> list[Prescription]:
    """Check and write the prescriptions of a chart; of a corrected record, only those that changed.

    Call it inside the transaction of the deed, with the visit held.

    Raises:
        NotSafe. ValidationError: a herb among patent medicines.
    """
    checking.check_patents(chart.patents)
    current = {row.slot: row for row in _current(encounter)}
    wanted = {Slot.HERBS: chart.herbs is not None, Slot.PATENT: bool(chart.patents)}
    changed = [slot for slot in Slot if wanted[slot] and not _same(current.get(slot), chart, slot)]
    found = checking.findings(chart, encounter, pen.seat)
    found = {slot: rows for slot, rows in found.items() if slot in changed}
    _refuse(found, pen)
    made = []
    with _checked():
        for slot, row in current.items():
            if slot in changed or not wanted[Slot(slot)]:
                _end(row, pen)
        for slot in changed:
            made.append(_make(encounter, chart, slot, found[slot], current.get(slot), pen))
    return made


def _refuse(found: Found, pen: Pen) -> None:
    """Raises NotSafe unless every stop is gone, every signature has its reason and who signs was proved again."""
    refused = NotSafe(found, pen.again.reasons)
    asked = checking.levels(found, Level.SIGN)
    if refused.stops or refused.open or (asked and not pen.again.proved):
        raise refused


def _current(encounter: Encounter) -> list[Prescription]:
    """Prescriptions of a visit that hold; none before it is signed."""
    if encounter.signed_at is None:
        return []
    rows = Prescription.objects.filter(encounter=encounter, ended_at=None)
    return list(rows.prefetch_related("lines"))


def _same(row: Prescription | None, chart: Chart, slot: str) -> bool:
    """Whether a prescription says already what a chart says."""
    if row is None:
        return False
    head = (row.form, row.route, row.doses, row.days, row.times, row.usage, row.formula)
    lines = [
        (one.written, one.grams, one.quantity, one.unit, one.decoction, one.usage) for one in row.lines.all()
    ]
    new = _head(chart, slot)
    return head == tuple(new.values()) and lines == [
        (one.written, one.grams, one.quantity, one.unit, one.decoction, one.usage)
        for one in _lines(chart, slot)
    ]


def _head(chart: Chart, slot: str) -> dict[str, Any]:
    names = ("form", "route", "doses", "days", "times", "usage", "formula")
    if slot == Slot.HERBS and chart.herbs is not None:
        return {name: getattr(chart.herbs, name) for name in names}
    return dict(zip(names, ("patent", "oral", 1, None, 1, "", ""), strict=True))


def _lines(chart: Chart, slot: str) -> list[PrescriptionLine]:
    """The lines of a slot, without prices."""
    if slot == Slot.PATENT:
        return [_patent_line(at, one) for at, one in enumerate(chart.patents, start=1)]
    lines = chart.herbs.lines if chart.herbs is not None else ()
    return [
        PrescriptionLine(
            position=at,
            written=one.written,
            herb=standard(one.written),
            grams=one.grams,
            decoction=one.decoction,
        )
        for at, one in enumerate(lines, start=1)
    ]


def _patent_line(at: int, one: Patent) -> PrescriptionLine:
    return PrescriptionLine(
        position=at, written=one.written, quantity=one.quantity, unit=one.unit, usage=one.usage
    )


def standard(written: str) -> str:
    """The standard name of a herb as written; empty where it has none or several."""
    answer = herbs.find(written)
    return answer.herb.name if isinstance(answer, herbs.Found) else ""


def _shelf(encounter: Encounter, lines: list[PrescriptionLine]) -> dict[str, ShelfItem]:
    """What the facility has of what is written, by its own name and by the standard name."""
    names = {line.written for line in lines} | {line.herb for line in lines if line.herb}
    rows = ShelfItem.objects.filter(Q(name__in=names) | Q(herb__in=names))
    found = list(rows.filter(facility=encounter.facility, in_use=True))
    return {**{row.herb: row for row in found if row.herb}, **{row.name: row for row in found}}


def _make(
    encounter: Encounter,
    chart: Chart,
    slot: str,
    found: tuple[Finding, ...],
    old: Prescription | None,
    pen: Pen,
) -> Prescription:
    row = Prescription(
        encounter=encounter,
        slot=slot,
        **_head(chart, slot),
        edition=herbs.DEFAULT,
        findings=json.dumps([one.as_dict() for one in found], ensure_ascii=False, default=str)
        if found
        else "",
        practitioner=pen.seat.practitioner,
        signed_at=pen.at,
        signed_by=str(pen.by.pk),
        replaces=old,
    )
    lines = _lines(chart, slot)
    shelf = _shelf(encounter, lines)
    for line in lines:
        line.prescription = row
        item = shelf.get(line.written) or shelf.get(line.herb or line.written)
        if item is not None:
            line.price, line.insurance = item.price, item.insurance
    row.amount = amount_of(lines, row.doses)
    row.mac = signing.of_prescription(row, lines)
    row.save(force_insert=True)
    PrescriptionLine.objects.bulk_create(lines)
    _sign_again(row, found, pen)
    _note(pen, "prescription.create", row)
    return row


def amount_of(lines: list[PrescriptionLine], doses: int) -> Decimal | None:
    """The price of a prescription to the cent; None when a line has no price or no amount."""
    total = Decimal(0)
    for line in lines:
        much = line.grams * doses if line.grams is not None else line.quantity
        if line.price is None or much is None:
            return None
        total += line.price * much
    return total.quantize(Decimal("0.01")) if lines else None


def _sign_again(row: Prescription, found: tuple[Finding, ...], pen: Pen) -> None:
    for one in found:
        if one.level is not Level.SIGN:
            continue
        made = Signature(
            prescription=row,
            rule=one.rule,
            finding=one.key,
            reason=pen.again.reasons[checking.fingerprint(one)].strip(),
            at=pen.at,
            by=str(pen.by.pk),
        )
        made.mac = signing.of_signature(made)
        made.save(force_insert=True)
        action = "prescription.sign_again"
        record(by=pen.by, action=action, kind="prescription", id=row.pk, request=pen.request)


def _end(row: Prescription, pen: Pen) -> None:
    row.ended_at, row.ended_by, row.end_reason = pen.at, str(pen.by.pk), pen.reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    _note(pen, "prescription.end", row)


def _note(pen: Pen, action: str, row: Prescription) -> None:
    record(by=pen.by, action=action, kind="prescription", id=row.pk, request=pen.request)
