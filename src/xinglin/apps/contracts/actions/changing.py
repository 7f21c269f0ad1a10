"""Corrections and ends. What stood there before stays readable in the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.contracts import permissions, rules
from xinglin.apps.contracts.actions.signing import add_lines
from xinglin.apps.contracts.history import note
from xinglin.apps.contracts.models import Contract, Delivery, EndReason, Line
from xinglin.apps.contracts.rules import Terms, Wanted

CHANGED = "您打开这一页之后，别人改过这份签约：请返回查看新的内容再改"
LONGEST = 200
PLAIN = ("valid_from", "valid_to", "consented_by", "consenter", "consented_on", "note")


def locked(row: Contract) -> Contract:
    """The contract as it is now, held until the transaction ends."""
    rows = Contract.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("resident__merged_into", "facility", "team_facility", "team").get(pk=row.pk)


@transaction.atomic
def correct(row: Contract, terms: Terms, *, reason: str, seen: int, by: Any, request: Any = None) -> Contract:
    """Correct what was agreed. Items that were delivered stay.

    Args:
        seen: its revision when it was shown.

    Raises:
        NotAllowed. ValidationError: ended, changed meanwhile, no reason, or as for signing.
    """
    permissions.check_contract(by, row)
    current = locked(row)
    _check_open(current)
    if current.revision != seen:
        raise ValidationError(CHANGED)
    if not reason.strip():
        raise ValidationError({"reason": "请写更正的原因"})
    wanted = rules.checked(terms, current.resident.root, current.facility, old=current)
    before = _written(current)
    _check_days(current, terms)
    for name in PLAIN:
        setattr(current, name, getattr(terms, name))
    current.team_id, current.team_facility_id = terms.team.pk, terms.team.facility
    _packages(current, terms, wanted)
    after = _written(current)
    changed = [name for name, value in after.items() if value != before[name]]
    if changed:
        current.revision += 1
        current.save()
        old = {name: before[name] for name in changed}
        note(current, "correct", by=by, fields=changed, before=old, reason=reason.strip(), request=request)
    return current


def _check_open(row: Contract) -> None:
    if row.ended_on is not None:
        raise ValidationError("这份签约已解约，不能再改")


def _written(row: Contract) -> dict[str, Any]:
    """What a correction may change, in words of the history."""
    packages = row.lines.filter(dropped_at=None).values_list("package__name", flat=True)
    plain = {name: str(getattr(row, name)) for name in PLAIN}
    return {**plain, "team": str(row.team_id), "package": "、".join(dict.fromkeys(packages))}


def _check_days(row: Contract, terms: Terms) -> None:
    """Nothing that was entered by hand may fall out of the contract."""
    rows = Delivery.objects.filter(line__contract=row, undone_at=None)
    days = list(rows.order_by("day").values_list("day", flat=True))
    if days and not terms.valid_from <= days[0] <= days[-1] <= terms.valid_to:
        text = f"已登记 {days[0]} 至 {days[-1]} 的履约，落在新的日期之外：请先撤销登记错的履约"
        raise ValidationError({"valid_from": text})


def _packages(row: Contract, terms: Terms, wanted: list[Wanted]) -> None:
    """Lines of packages that were taken out go, those of new ones come."""
    kept = {one.pk for one in terms.packages}
    gone = row.lines.filter(dropped_at=None).exclude(package__in=kept)
    used = Delivery.objects.filter(line__in=gone, undone_at=None).select_related("line__package").first()
    if used is not None:
        text = f"“{used.line.package.name}”已有登记的履约，不能去掉：登记错的请先撤销"
        raise ValidationError({"packages": text})
    gone.update(dropped_at=timezone.now())
    last = Line.objects.filter(contract=row).order_by("-position").values_list("position", flat=True).first()
    add_lines(row, wanted, last or 0)


@transaction.atomic
def end(row: Contract, *, on: date, reason: str, words: str = "", by: Any, request: Any = None) -> Contract:
    """End a contract before its time, with the reason.

    Raises:
        NotAllowed. ValidationError: ended already, a day outside of it, no reason.
    """
    permissions.check_contract(by, row)
    current = locked(row)
    _check_open(current)
    faults: dict[str, str] = {}
    if not current.valid_from <= on <= current.valid_to:
        faults["on"] = f"解约日期应在签约期内（{current.valid_from} 至 {current.valid_to}）"
    elif on > timezone.localdate() and reason != EndReason.MISTAKE:
        faults["on"] = "解约日期晚于今天：请填实际解约的那一天"
    if reason not in EndReason.values:
        faults["reason"] = "请选解约的原因"
    if reason in (EndReason.OTHER, EndReason.MISTAKE) and not words.strip():
        faults["words"] = "请写明是什么原因"
    if faults:
        raise ValidationError(faults)
    current.ended_on, current.end_reason, current.end_words = on, reason, words.strip()[:LONGEST]
    current.revision += 1
    current.save(update_fields=["ended_on", "end_reason", "end_words", "revision"])
    label = EndReason(reason).label
    note(
        current, "end", by=by, reason=f"{label}。{words.strip()}" if words.strip() else label, request=request
    )
    return current
